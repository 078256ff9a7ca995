"""Faults as RFC 9457 problem documents: one table, one shape.

Nothing of the request is quoted: `detail` is the fault's own advice, and only an
`Invalid` adds where it is wrong, in words written in this project.
"""

from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match
from starlette.types import Scope

from assessment import access_faults, faults, quota_faults, recording_faults
from service.envelope import always, request_id_of
from service.faults import InvalidFields, MethodNotAllowed, NoSuchPath, NotAcceptable
from service.json_response import JsonResponse
from service.statuses import RETRY_AFTER_S, STATUS
from service.strict_json import refusal
from service.upload_faults import TUS_VERSION, TusVersionMismatch

PROBLEM_JSON: Final = "application/problem+json"
CLIENT_CLOSED_REQUEST: Final = 499
"""Nobody reads this answer; the number is what logs of other servers use."""
METHODS: Final = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")


def problem(fault: faults.Fault, request_id: str) -> JsonResponse:
    """Return the fault as an answer."""
    body, status = problem_body(fault, request_id), int(STATUS[type(fault)])
    return JsonResponse(body, status, headers=_headers(fault), media_type=PROBLEM_JSON)


def title_of(code: str) -> str:
    """Return the code in words."""
    return code.replace("_", " ").capitalize()


def described(kind: type[faults.Fault], request_id: str) -> dict[str, Any]:
    """Return what every problem of this kind says."""
    return {
        "type": f"/problems/{kind.code}",
        "title": title_of(kind.code),
        "status": int(STATUS[kind]),
        "detail": kind.advice,
        "code": kind.code,
        "request_id": request_id,
    }


def problem_body(fault: faults.Fault, request_id: str) -> dict[str, Any]:
    """Return the fault as a problem document."""
    body = described(type(fault), request_id)
    if isinstance(fault, recording_faults.TooLarge):
        body["limit_bytes"] = fault.limit_bytes
    if isinstance(fault, NotAcceptable):
        body["served"] = list(fault.served)
    if isinstance(fault, access_faults.Forbidden):
        body["missing_scope"] = fault.missing_scope
    if isinstance(fault, quota_faults.RateLimited | quota_faults.QuotaExceeded):
        body["violated_policies"] = [fault.policy]
    if isinstance(fault, faults.Invalid):
        each = fault.errors if isinstance(fault, InvalidFields) else (fault,)
        body["errors"] = [_error(one) for one in each]
    return body


def _error(fault: faults.Invalid) -> dict[str, str]:
    return {"pointer": fault.pointer, "detail": fault.args[0]}


def _headers(fault: faults.Fault) -> dict[str, str]:
    if isinstance(fault, access_faults.Unauthenticated):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(fault, TusVersionMismatch):
        return {"Tus-Version": TUS_VERSION}
    if isinstance(fault, NotAcceptable):
        return {"Vary": "Accept"}
    if isinstance(fault, quota_faults.RateLimited):
        return {"Retry-After": str(fault.retry_after_s)}
    retry_after_s = RETRY_AFTER_S.get(type(fault))
    return {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}


def install(app: FastAPI) -> None:
    """Answer every fault, every error of the framework and every bug with a problem."""

    async def of_fault(request: Request, error: Exception) -> Response:
        assert isinstance(error, faults.Fault)
        return problem(error, request_id_of(request))

    async def of_parameters(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return problem(refusal(error.errors()), request_id_of(request))

    async def of_framework(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
            return problem(NoSuchPath(), request_id_of(request))
        answer = problem(MethodNotAllowed(), request_id_of(request))
        answer.headers["Allow"] = ", ".join(_methods(app, request.scope))
        return answer

    async def of_bug(request: Request, _: Exception) -> Response:
        # It goes out beside the middlewares, so it carries their headers itself.
        answer = problem(faults.InternalError(), request_id_of(request))
        answer.headers.update(always(request_id_of(request)) | {"Connection": "close"})
        return answer

    async def of_absence(_: Request, __: Exception) -> Response:
        return Response(status_code=CLIENT_CLOSED_REQUEST)

    app.add_exception_handler(faults.Fault, of_fault)
    app.add_exception_handler(RequestValidationError, of_parameters)
    app.add_exception_handler(HTTPException, of_framework)
    app.add_exception_handler(ClientDisconnect, of_absence)
    app.add_exception_handler(Exception, of_bug)


def _methods(app: FastAPI, scope: Scope) -> list[str]:
    """Return every method with which the path is served; the router stops at the first route."""
    # A path of its own, such as /v1/assessments/batch, is no id of the route beside it.
    own = app.openapi()["paths"].get(scope["path"])
    if own is not None:
        return sorted(method.upper() for method in own)
    asked = [(method, dict(scope) | {"method": method}) for method in METHODS]
    return [
        method
        for method, like in asked
        if any(route.matches(like)[0] is Match.FULL for route in app.router.routes)
    ]
