"""What wraps every answer: a request id, headers, one line in the log, one count.

The line is made from an allow-list: method, route template, status, time, request id.
No path, no query, no header and no address of the caller.
"""

import logging
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final, cast

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.log_context import bound
from adapters.tracing import NO_SPAN, TRACEPARENT, UNTRACED, Kind, Span, Tracing

UNMATCHED: Final = "unmatched"
SERVER_ERROR: Final = 500
STATUS: Final = "http.response.status_code"
PROBES: Final = frozenset({"/livez", "/readyz", "/metrics"})
_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_ID_WITHOUT_WORDS: Final = re.compile(r"(?:req_)?[0-9a-f-]{16,64}")
_METHODS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})

log = logging.getLogger("service.access")

Observe = Callable[[str, str, int, float], None]
"""Counts one answer: method, route template, status, seconds."""


def always(request_id: str) -> dict[str, str]:
    """Return the headers of every answer."""
    return {
        "X-Request-Id": request_id,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    }


def request_id_of(request: Request) -> str:
    """Return the id of the request that is being answered."""
    return str(request.scope.get("request_id", ""))


def answer_headers(request: Request) -> dict[str, str]:
    """Return header fields that the answer will carry, however it comes about; add to them."""
    return cast("dict[str, str]", request.scope["answer_headers"])


@dataclass(frozen=True, slots=True)
class Envelope:
    """ASGI middleware around everything but the answer to a bug."""

    app: ASGIApp
    observe: Observe
    in_flight: Callable[[], AbstractContextManager[object]] = nullcontext
    tracing: Tracing = UNTRACED

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and wrap what comes back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope["request_id"] = _request_id(scope)
        scope["answer_headers"] = {}
        status, began = SERVER_ERROR, perf_counter()

        async def wrapped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(message, always(scope["request_id"]) | scope["answer_headers"])
            await send(message)

        named = bound(request_id=_id_to_log(scope["request_id"]))
        with self.in_flight(), named, self._span(scope) as span:
            try:
                await self.app(scope, receive, wrapped)
            finally:
                span.rename(f"{_method(scope)} {route_template(scope)}")
                span.note({"http.route": route_template(scope), STATUS: status})
                self._note(scope, status, perf_counter() - began)

    def _span(self, scope: Scope) -> AbstractContextManager[Span]:
        """Return the span of the request; probes are asked every few seconds and have none."""
        if scope["path"] in PROBES:
            return nullcontext(NO_SPAN)
        return self.tracing.span(
            "request",
            Kind.SERVER,
            attributes={"http.request.method": _method(scope)},
            parent=Headers(scope=scope).get(TRACEPARENT),
        )

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        method, route = _method(scope), route_template(scope)
        self.observe(method, route, status, seconds)
        values = (method, route, status, round(seconds * 1000), _loggable(scope["request_id"]))
        log.info("method=%s route=%s status=%s ms=%s request_id=%s", *values)


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in _METHODS else "other"


def route_template(scope: Scope) -> str:
    """Return the template of the route that answered, never the path itself."""
    route: Any = scope.get("route")
    return str(getattr(route, "path_format", None) or getattr(route, "path", UNMATCHED))


def _add_headers(message: Message, added: Mapping[str, str]) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in added.items():
        headers.setdefault(name, value)


def _request_id(scope: Scope) -> str:
    """Return the caller's id when it is a short plain one, else a new one."""
    given = Headers(scope=scope).get("x-request-id", "")
    return given if _ID.fullmatch(given) else f"req_{secrets.token_hex(12)}"


def _loggable(request_id: str) -> str:
    """Return the id, unless a caller may have written words into it."""
    return _id_to_log(request_id) or "chosen-by-caller"


def _id_to_log(request_id: str) -> str:
    return request_id if _ID_WITHOUT_WORDS.fullmatch(request_id) else ""
