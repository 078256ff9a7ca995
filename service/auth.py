"""Who calls: `Authorization: Bearer sk_…`, and nothing else, says for which tenant.

key known? ─▶ room for a request? ─▶ scope? ─▶ room for what it would make? ─▶ route

All of it is decided before a body is read.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from assessment.access import Caller, Scope
from assessment.access_faults import Forbidden, Unauthenticated
from assessment.assessment import Tenant
from service.auditing import CALLER
from service.desk import DeskOf
from service.envelope import answer_headers, route_template
from service.query import require_once
from service.quotas import Demand

ADMIN_TAGS: Final = frozenset({"keys", "webhook-endpoints"})
"""Routes with one of these tags are for keys with the scope `admin`."""
RESUMED_TAGS: Final = frozenset({"uploads"})
"""Routes that a key with the scope `create` needs whole: who sends asks how far it came."""
READING: Final = frozenset({"GET", "HEAD"})
MAKING: Final[Mapping[tuple[str, str], tuple[int, str]]] = {
    ("POST", "/v1/assessments"): (1, "content-length"),
    ("POST", "/v1/assessments/batch"): (1, ""),
    ("POST", "/v1/uploads"): (0, "upload-length"),
}
"""Routes that make something: how many assessments, and which header announces the bytes."""

LENGTH: Final = re.compile(r"[0-9]{1,18}", re.ASCII)

bearer = HTTPBearer(
    scheme_name="key", description="A key as `Authorization: Bearer sk_…`.", auto_error=False
)
"""Documents the scheme; what it finds is checked below."""


def caller_of(
    request: Request,
    desk: DeskOf,
    given: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)],
) -> Caller:
    """Return who calls.

    Raises `Unauthenticated`, `Forbidden`, `RateLimited`, `QuotaExceeded`, and `Invalid` for a
    query that can be read in two ways.
    """
    if given is None or len(request.headers.getlist("authorization")) != 1:
        raise Unauthenticated
    if not given.credentials.isascii():
        raise Unauthenticated
    caller, fields = desk.keys.caller_of(given.credentials), answer_headers(request)
    request.scope[CALLER] = caller
    desk.quotas.admit_request(caller.tenant, fields)
    scope = needed_scope(request)
    if not caller.may(scope):
        raise Forbidden(scope)
    require_once(request)
    demand = _demand(request, desk.uploads.staging.limit_bytes)
    if demand is not None:
        desk.quotas.admit_work(caller.tenant, demand, fields)
    return caller


async def tenant_of(caller: Annotated[Caller, Depends(caller_of)]) -> Tenant:
    """Return the tenant that the caller's key speaks for; a coroutine, so it takes no thread."""
    return caller.tenant


CallerOf = Annotated[Caller, Depends(caller_of)]
TenantOf = Annotated[Tenant, Depends(tenant_of)]


def needed_scope(request: Request) -> Scope:
    """Return what the route asks of a key: by its tags, else by the method."""
    route: Any = request.scope.get("route")
    if ADMIN_TAGS.intersection(getattr(route, "tags", ())):
        return Scope.ADMIN
    if RESUMED_TAGS.intersection(getattr(route, "tags", ())):
        return Scope.CREATE
    return Scope.READ if request.method in READING else Scope.CREATE


def _demand(request: Request, most_bytes: int) -> Demand | None:
    """Return what the request would make, as far as its head says.

    A body above the limit counts for nothing: the route refuses it, and says what the limit is.
    """
    found = MAKING.get((request.method, route_template(request.scope)))
    if found is None:
        return None
    assessments, header = found
    announced = request.headers.get(header, "") if header else ""
    length = int(announced) if LENGTH.fullmatch(announced) else 0
    return Demand(assessments, length if length <= most_bytes else 0)
