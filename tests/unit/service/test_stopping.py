"""Knowing that the server was asked to stop."""

import asyncio
import signal
from types import FrameType

from service.stopping import told_to_stop


def test_a_signal_to_stop_is_told_and_reaches_the_servers_own_handler():
    told: list[str] = []

    def of_the_server(_number: int, _frame: FrameType | None) -> None:
        told.append("server")

    async def serve() -> None:
        with told_to_stop(lambda: told.append("streams")):
            signal.raise_signal(signal.SIGTERM)
            await asyncio.sleep(0.05)
        signal.raise_signal(signal.SIGTERM)
        await asyncio.sleep(0.05)

    before = signal.signal(signal.SIGTERM, of_the_server)
    try:
        asyncio.run(serve())
    finally:
        signal.signal(signal.SIGTERM, before)

    assert told == ["server", "streams", "server"]
