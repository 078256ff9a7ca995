"""Work beside the work: the sandbox waits in threads, so that it holds up nobody.

A slow sandbox assessment sleeps; slept in the worker's own turn it would keep the
recordings of patients waiting.
"""

import threading
import time
from collections.abc import Callable
from contextvars import copy_context

Work = Callable[[], None]


class Aside:
    """Runs work in threads of its own, a bounded number at once."""

    def __init__(self, most: int) -> None:
        self._free = threading.BoundedSemaphore(most)
        self._threads: set[threading.Thread] = set()
        self._closed = threading.Event()

    @property
    def closed(self) -> bool:
        """Whether the process is about to end, and what runs here has to hand back."""
        return self._closed.is_set()

    def __call__(self, work: Work) -> None:
        """Start the work, or drop it when all threads are busy: the sweeper sends it again."""
        if not self._free.acquire(blocking=False):
            return
        here = copy_context()  # Its log lines name what it is for.
        thread = threading.Thread(
            target=here.run, args=(self._run, work), name="aside", daemon=True
        )
        self._threads.add(thread)
        try:
            thread.start()
        finally:
            if thread.ident is None:  # It never runs: nothing else would give its room back.
                self._leave(thread)

    def _run(self, work: Work) -> None:
        try:
            work()
        finally:
            self._leave(threading.current_thread())

    def _leave(self, thread: threading.Thread) -> None:
        # In this order: who has waited for the thread finds its room free.
        self._free.release()
        self._threads.discard(thread)

    def finish(self, patience_s: float) -> None:
        """Have what runs come to its end, and wait for it no longer than that in all."""
        self._closed.set()
        deadline = time.monotonic() + patience_s
        for thread in tuple(self._threads):
            thread.join(max(0.0, deadline - time.monotonic()))


def at_once(work: Work) -> None:
    """Do the work here and now."""
    work()
