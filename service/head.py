"""The head of a request: what of it is refused before anybody asks who sent it.

    version ─▶ Host ─▶ length of the address ─▶ Expect ─▶ application

A server may let any of these pass, and two that stand in a row may then read one request in two
ways. How long a head may be, and how long it may take, is for `service.line`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from assessment.faults import Fault
from service.faults import AddressTooLong, BrokenHead, UnknownExpectation
from service.problems import problem

LONGEST_ADDRESS: Final = 8 * 2**10
"""Bytes of path and query."""
VERSIONS: Final = frozenset({"1.0", "1.1"})
NAMELESS_VERSION: Final = "1.0"
"""The one in which nobody has to say `Host`."""
PROBES: Final = frozenset({"/livez", "/readyz", "/metrics"})
"""Asked for by machines that know the service by its number."""
TARGET: Final = "mien.target"
"""Where `service.line` leaves what the request line asks for, as it was sent."""
_HOST: Final = re.compile(r"(?P<name>[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{0,5})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Head:
    """ASGI middleware that refuses a broken head; any name will do as `Host` without `hosts`."""

    app: ASGIApp
    hosts: Sequence[str] = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        fault = self._fault(scope) if scope["type"] == "http" else None
        if fault is None:
            await self.app(scope, receive, send)
            return
        answer = problem(fault, scope["request_id"])
        answer.headers["Connection"] = "close"
        await answer(scope, receive, send)

    def _fault(self, scope: Scope) -> Fault | None:
        headers = Headers(scope=scope)
        version_known = scope["http_version"] in VERSIONS
        if not (version_known and self._known(scope, headers) and _asked_here(scope, headers)):
            return BrokenHead()
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_ADDRESS:
            return AddressTooLong()
        if headers.get("expect", "100-continue").lower() != "100-continue":
            return UnknownExpectation()
        return None

    def _known(self, scope: Scope, headers: Headers) -> bool:
        """Return whether the request names one host, and one of ours."""
        named = headers.getlist("host")
        if not named and scope["http_version"] == NAMELESS_VERSION:
            return not self.hosts or scope["path"] in PROBES
        found = _HOST.fullmatch(named[0]) if len(named) == 1 else None
        if found is None:
            return False
        return not self.hosts or scope["path"] in PROBES or found["name"].lower() in self.hosts


def _asked_here(scope: Scope, headers: Headers) -> bool:
    """Return whether a whole address as target names the same host (RFC 9112, section 3.2.2)."""
    target: bytes = scope.get(TARGET, b"/")
    if target.startswith((b"/", b"*")):
        return True
    _, _, rest = target.partition(b"://")
    authority = rest.partition(b"/")[0].partition(b"?")[0]
    return authority.decode("latin-1").lower() == headers.get("host", "").lower()
