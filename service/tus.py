"""What tus asks of every request and answer below `/v1/uploads`.

A client that can send neither PATCH nor DELETE names the method in
`X-HTTP-Method-Override` of a POST; every answer names the protocol's version.
"""

from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.upload_faults import TUS_VERSION

UPLOADS: Final = "/v1/uploads"
OVERRIDES: Final = frozenset({"PATCH", "DELETE", "HEAD"})


@dataclass(frozen=True, slots=True)
class Tus:
    """ASGI middleware for uploads; everything else passes untouched."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on by its true method, and mark the answer."""
        if not _concerned(scope):
            await self.app(scope, receive, send)
            return
        method = Headers(scope=scope).get("x-http-method-override", "").upper()
        if scope["method"] == "POST" and method in OVERRIDES:
            scope["method"] = method

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Tus-Resumable"] = TUS_VERSION
            await send(message)

        await self.app(scope, receive, marked)


def _concerned(scope: Scope) -> bool:
    path = scope.get("path", "")
    return scope["type"] == "http" and (path == UPLOADS or path.startswith(f"{UPLOADS}/"))
