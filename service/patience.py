"""How long a body may be waited for: a sender has credit, and earns more by sending.

    credit ◀─ refilled by bytes, one second for each KiB, up to its full length
      │
      └─▶ spent while the service waits; used up: `RequestTimedOut`

One rule for silence and for dripping. The service's own work, on its disk for instance,
costs the sender nothing.
"""

import asyncio
from asyncio import get_running_loop
from dataclasses import dataclass, field
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.faults import RequestTimedOut

LONGEST_S: Final = 15.0
SLOWEST_BYTES_PER_S: Final = 1024.0
"""A line slower than this carries no recording; dial-up had five times as much."""


@dataclass(slots=True)
class Credit:
    """Seconds for which one sender may still keep the service waiting."""

    full_s: float
    left_s: float = field(init=False)

    def __post_init__(self) -> None:
        self.left_s = self.full_s

    def settle(self, *, waited_s: float, received_bytes: int) -> None:
        """Take off what was waited, add what was earned; never more than full."""
        earned_s = received_bytes / SLOWEST_BYTES_PER_S
        self.left_s = min(self.full_s, self.left_s - waited_s + earned_s)


@dataclass(frozen=True, slots=True)
class Patience:
    """ASGI middleware, the innermost: `receive` raises `RequestTimedOut` for slow bodies."""

    app: ASGIApp
    longest_s: float = LONGEST_S

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, its body on credit."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        credit, arriving = Credit(self.longest_s), True

        async def on_credit() -> Message:
            """Wait for the body as long as its credit lasts, and for what follows without end."""
            nonlocal arriving
            if not arriving:
                return await receive()
            message = await _within(credit, receive)
            arriving = bool(message.get("more_body", False))
            return message

        await self.app(scope, on_credit, send)


async def _within(credit: Credit, receive: Receive) -> Message:
    """Return the next message, or raise `RequestTimedOut` when the credit is used up."""
    clock = get_running_loop().time
    began = clock()
    try:
        async with asyncio.timeout(max(0.0, credit.left_s)):
            message = await receive()
    except TimeoutError:
        raise RequestTimedOut from None
    credit.settle(waited_s=clock() - began, received_bytes=len(message.get("body", b"")))
    return message
