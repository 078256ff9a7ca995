"""Answers that come before the whole body did, and how the caller still gets to read them.

To close a connection with unread bytes on it makes the kernel throw the answer away.
So the whole answer goes out with `Connection: close`, the rest of the body is read and
dropped for a few seconds, and only then the connection closes.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LONGEST_S: Final = 3.0
MOST_BYTES: Final = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Linger:
    """ASGI middleware that holds back the end of an early answer."""

    app: ASGIApp
    longest_s: float = LONGEST_S

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; hold back the end of an answer that is early."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        unread = _has_body(Headers(scope=scope))

        async def counted() -> Message:
            """Pass on what arrives, and note when all of the body has."""
            nonlocal unread
            message = await receive()
            unread = unread and bool(message.get("more_body", False))
            return message

        async def held(message: Message) -> None:
            """Hold back the end of an answer that came before the body did."""
            if unread and message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Connection"] = "close"
            last = message["type"] == "http.response.body" and not message.get("more_body", False)
            if not (unread and last):
                await send(message)
                return
            await send({**message, "more_body": True})
            await self._drain(counted)
            await send({"type": "http.response.body", "body": b"", "more_body": False})

        await self.app(scope, counted, held)

    async def _drain(self, receive: Receive) -> None:
        """Read and drop the rest of the body, within bounds."""
        left = MOST_BYTES
        try:
            async with asyncio.timeout(self.longest_s):
                while left > 0:
                    message = await receive()
                    left -= len(message.get("body", b""))
                    if not message.get("more_body", False):
                        return
        except TimeoutError:
            return


def _has_body(headers: Headers) -> bool:
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
