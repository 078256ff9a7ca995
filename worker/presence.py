"""A worker's sign of life, and which networks it scores with: what `/readyz` and operators read.

    look ─▶ what was found ─▶ sign in, every few seconds

Looking scores the golden clip now and then, which takes a busy machine a while; the worker is no
less there meanwhile, so what was found last is told until it is too old.
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from typing import Final

from assessment.faults import StoreUnavailable
from assessment.ports import Roster
from worker.guard import Attendance
from worker.outliving import Outliving
from worker.pulse import Beat, unnoticed

log = logging.getLogger(__name__)

EVERY_S: Final = 3.0
VALID_S: Final = 12.0
LONGEST_LOOK_S: Final = 60.0
"""What was found longer ago is told no more: something hangs."""


class Presence:
    """Signs the worker in, every few seconds; looks and signs in threads of their own."""

    def __init__(
        self,
        roster: Roster,
        look: Callable[[], Attendance],
        clock: Callable[[], float] = time.monotonic,
        beat: Beat = unnoticed,
    ) -> None:
        self._roster, self._look, self._clock = roster, look, clock
        self._found: tuple[float, Attendance] | None = None
        self._beat = beat

    def start(self) -> None:
        """Begin; ends with the process."""
        name = f"{socket.gethostname()}-{os.getpid()}"
        for step in (self.look, lambda: self.sign_in(name)):
            threading.Thread(target=_repeat, args=(step,), name="presence", daemon=True).start()

    def look(self) -> float:
        """Look once and return the seconds until the next time."""
        found = self._look()
        self._found = (self._clock(), found)
        return EVERY_S if found.models else EVERY_S / 3

    def sign_in(self, name: str) -> float:
        """Sign in with what was found last and return the seconds until the next time."""
        self._beat()
        at_s, found = self._found or (0.0, None)
        if found is None or self._clock() - at_s > LONGEST_LOOK_S:
            return EVERY_S / 3
        try:
            self._roster.sign_in(name, found.models, for_s=VALID_S, unfit=found.unfit)
        except StoreUnavailable:
            log.warning("the store is out of reach")
        return EVERY_S if found.models else EVERY_S / 3


def _repeat(step: Callable[[], float]) -> None:
    outliving, pause = Outliving(step), threading.Event()
    while not pause.wait(outliving()):
        pass
