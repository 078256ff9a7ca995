"""Who calls: `Authorization: Bearer sk_…`, and nothing else, says for which tenant."""

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from assessment.assessment import Tenant
from assessment.faults import Unauthenticated
from service.desk import DeskOf

bearer = HTTPBearer(
    scheme_name="key", description="A key as `Authorization: Bearer sk_…`.", auto_error=False
)
"""Documents the scheme; what it finds is checked below."""


def tenant_of(
    request: Request,
    desk: DeskOf,
    given: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)],
) -> Tenant:
    """Return the tenant of the key, or raise `Unauthenticated`."""
    if given is None or len(request.headers.getlist("authorization")) != 1:
        raise Unauthenticated
    if not given.credentials.isascii():
        raise Unauthenticated
    return desk.keys.tenant_of(given.credentials)


TenantOf = Annotated[Tenant, Depends(tenant_of)]
