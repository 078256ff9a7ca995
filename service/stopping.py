"""Knowing that the server was asked to stop, while it still waits for open answers.

ASGI tells an application only after its last answer has ended, and an open stream ends
only when it is told. So the server's own handlers of the signals are called, and ours first.
"""

import asyncio
import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def told_to_stop(stop: Callable[[], None]) -> Generator[None]:
    """Have `stop` called in the event loop on SIGINT and SIGTERM; in the main thread only."""
    if threading.current_thread() is not threading.main_thread():
        yield  # Signals reach the main thread alone.
        return
    loop = asyncio.get_running_loop()
    before: dict[int, Any] = {number: signal.getsignal(number) for number in SIGNALS}

    def on_signal(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop)
        if callable(before[number]):
            before[number](number, frame)

    for number in SIGNALS:
        signal.signal(number, on_signal)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
