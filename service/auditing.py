"""Every request below `/v1` becomes an entry of the audit stream, however it is answered."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assessment.audit import Audit, Entry
from assessment.ports import Clock
from service.envelope import SERVER_ERROR, route_template

AUDITED: Final = "/v1/"
CALLER: Final = "mien.caller"
"""Where `service.auth` leaves who calls, in the scope of the request."""
_ID: Final = re.compile(r"[a-z]{3}_[0-9a-f]{8,64}")
_METHOD: Final = re.compile(r"[A-Z]{3,7}")


@dataclass(frozen=True, slots=True)
class Auditing:
    """ASGI middleware that notes what was asked, by whom, of what, and how it ended."""

    app: ASGIApp
    audit: Audit
    clock: Clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and note it when it is over."""
        if scope["type"] != "http" or not scope["path"].startswith(AUDITED):
            await self.app(scope, receive, send)
            return
        status, made = SERVER_ERROR, ""

        async def seen(message: Message) -> None:
            nonlocal status, made
            if message["type"] == "http.response.start":
                status = message["status"]
                made = Headers(raw=message["headers"]).get("location", "").rpartition("/")[2]
            await send(message)

        try:
            await self.app(scope, receive, seen)
        finally:
            self.audit.note(self._entry(scope, status, made))

    def _entry(self, scope: Scope, status: int, made: str) -> Entry:
        caller = scope.get(CALLER)
        method, request_id = scope["method"], str(scope.get("request_id", ""))
        return Entry(
            at=self.clock().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            tenant=caller.tenant if caller else None,
            key_id=caller.key_id if caller else None,
            method=method if _METHOD.fullmatch(method) else "other",
            route=route_template(scope),
            subject=_subject(scope.get("path_params", {}), made),
            status=status,
            request_id=request_id if request_id.startswith("req_") else "chosen-by-caller",
        )


def _subject(named: Mapping[str, Any], made: str) -> str | None:
    """Return the id that was asked for or made; what is no id of ours is nobody's to keep."""
    found = str(named.get("id", made))
    return found if _ID.fullmatch(found) else None
