"""The port `Steps` over Redis: the channel that the scripts of `RedisRecords` publish to.

mien:steps   a channel: ids of assessments whose status changed, or that were deleted
"""

import logging
import threading
from collections.abc import Callable
from typing import Any, Final

import redis

from adapters.redis_store import PREFIX
from assessment.assessment import AssessmentId
from assessment.steps import Hear

CHANNEL: Final = PREFIX + "steps"
AGAIN_S: Final = 1.0
"""When to subscribe again after the line broke."""
LOOK_UP_S: Final = 2.0
"""How long one wait for a message takes at most, which is how long stopping takes at most."""

log = logging.getLogger(__name__)


class RedisSteps:
    """Listens on a connection and in a thread of its own."""

    def __init__(self, client: "redis.Redis") -> None:
        self._client = client

    def listen(self, hear: Hear) -> Callable[[], None]:
        """Call `hear` at every step from now on, until what is returned is called."""
        stop = threading.Event()
        listener = threading.Thread(
            target=self._listen, args=(hear, stop), name="steps", daemon=True
        )
        listener.start()
        return stop.set

    def _listen(self, hear: Hear, stop: threading.Event) -> None:
        told = False
        while not stop.is_set():
            try:
                self._follow(hear, stop)
            except redis.RedisError as error:
                if not told:
                    log.warning("steps are not heard, only looked for: %s", type(error).__name__)
                told = True
                stop.wait(AGAIN_S)

    def _follow(self, hear: Hear, stop: threading.Event) -> None:
        """Hear until told to stop; raise `RedisError` when the line breaks."""
        line: Any = self._client.pubsub(ignore_subscribe_messages=True)
        with line:
            line.subscribe(CHANNEL)
            while not stop.is_set():
                message = line.get_message(timeout=LOOK_UP_S)
                if message is not None:
                    hear(AssessmentId(str(message["data"])))
