"""Several senders, one of whom keeps a look-out while there is nothing to send.

    nothing ─▶ one looks, every second     a step is heard ─▶ one looks at once
    something ─▶ who found it sends; another looks meanwhile, and so on, until all send

Eight senders that each looked twice a second cost more than all else of an idle stack.
"""

import threading
import time
from collections.abc import Callable
from math import inf

EVERY_S = 1.0
"""How long a delivery that is due may wait, at most, where no step announces it."""
SLEEP_S = 2.0
"""How long those sleep whom nobody needs; so long a stop may take."""
LOOK_S = 0.05
"""Who has not come back from a look by then has found something and sends it: another one looks."""


class Lookout:
    """The senders' common look-out; each calls it again and again from a thread of its own."""

    def __init__(
        self,
        deliver_one: Callable[[], bool],
        *,
        every_s: float = EVERY_S,
        sleep_s: float = SLEEP_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._deliver_one = deliver_one
        self._every_s = every_s
        self._sleep_s = sleep_s
        self._clock = clock
        self._changed = threading.Condition()
        self._next_s = clock()
        self._watched_s = inf
        self._stirred = False

    def __call__(self) -> float:
        """Look when it is time to, or sleep until then; return the pause until the next call."""
        if not self._turn():
            return 0.0
        found = False
        try:
            found = self._deliver_one()
        finally:
            self._look_in(self._every_s, stirred=found)
        return 0.0

    def ring(self) -> None:
        """Have one sender look at once; from any thread."""
        self._look_in(0.0, stirred=True)

    def _look_in(self, seconds: float, *, stirred: bool) -> None:
        """Have somebody look in so many seconds, or at once where something stirred.

        What stirs during a look may come too late for that look to find it.
        """
        with self._changed:
            self._stirred = self._stirred or stirred
            self._next_s = self._clock() + (0.0 if self._stirred else seconds)
            self._changed.notify()

    def _turn(self) -> bool:
        """Wait for the time to look; return whether it is this sender who does."""
        with self._changed:
            left_s = self._next_s - self._clock()
            if left_s > 0:
                self._sleep(left_s)
            if self._clock() < self._next_s:
                return False
            self._next_s = self._clock() + LOOK_S
            self._stirred = False
            self._changed.notify()
            return True

    def _sleep(self, left_s: float) -> None:
        """Sleep until it is time to look, or longer when somebody else wakes by then."""
        first = self._next_s < self._watched_s
        if first:
            self._watched_s = self._next_s
        self._changed.wait(left_s if first else self._sleep_s)
        if first:
            self._watched_s = inf
