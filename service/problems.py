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

from assessment import faults
from service.envelope import always, request_id_of
from service.faults import (
    AddressTooLong,
    AlreadyEnded,
    BrokenHead,
    HeadTooLarge,
    InvalidFields,
    MethodNotAllowed,
    NetworkOutOfOrder,
    NoSuchPath,
    NotAcceptable,
    RequestTimedOut,
    RequestTooLarge,
    TooManyOwnStreams,
    TooManyStreams,
    UnknownExpectation,
    UnsupportedMediaType,
)
from service.json_response import JsonResponse
from service.strict_json import refusal
from service.upload_faults import (
    TUS_VERSION,
    ChecksumMismatch,
    ChecksumUnsupported,
    LongerThanAnnounced,
    NoSuchUpload,
    NotAChunk,
    OffsetMismatch,
    TusVersionMismatch,
    UploadGone,
    UploadLocked,
)

PROBLEM_JSON: Final = "application/problem+json"
CLIENT_CLOSED_REQUEST: Final = 499
"""Nobody reads this answer; the number is what logs of other servers use."""
WRONG_CHECKSUM: Final = 460
"""As tus has it; no registered status."""

STATUS: Final[dict[type[faults.Fault], int]] = {
    faults.Malformed: HTTPStatus.BAD_REQUEST,
    faults.Unauthenticated: HTTPStatus.UNAUTHORIZED,
    faults.Forbidden: HTTPStatus.FORBIDDEN,
    faults.LastAdminKey: HTTPStatus.CONFLICT,
    faults.KeyOfSettings: HTTPStatus.CONFLICT,
    faults.TooManyKeys: HTTPStatus.CONFLICT,
    faults.RateLimited: HTTPStatus.TOO_MANY_REQUESTS,
    faults.QuotaExceeded: HTTPStatus.TOO_MANY_REQUESTS,
    faults.TooManyUploads: HTTPStatus.TOO_MANY_REQUESTS,
    TooManyOwnStreams: HTTPStatus.TOO_MANY_REQUESTS,
    faults.NotFound: HTTPStatus.NOT_FOUND,
    faults.NoSuchKey: HTTPStatus.NOT_FOUND,
    NoSuchPath: HTTPStatus.NOT_FOUND,
    MethodNotAllowed: HTTPStatus.METHOD_NOT_ALLOWED,
    NotAcceptable: HTTPStatus.NOT_ACCEPTABLE,
    RequestTimedOut: HTTPStatus.REQUEST_TIMEOUT,
    HeadTooLarge: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    BrokenHead: HTTPStatus.BAD_REQUEST,
    AddressTooLong: HTTPStatus.REQUEST_URI_TOO_LONG,
    UnknownExpectation: HTTPStatus.EXPECTATION_FAILED,
    faults.NoSuchEndpoint: HTTPStatus.NOT_FOUND,
    faults.NoSuchDelivery: HTTPStatus.NOT_FOUND,
    faults.EndpointDisabled: HTTPStatus.CONFLICT,
    faults.TooManyEndpoints: HTTPStatus.CONFLICT,
    faults.NotReady: HTTPStatus.CONFLICT,
    faults.IdempotencyInFlight: HTTPStatus.CONFLICT,
    faults.IllegalTransition: HTTPStatus.CONFLICT,
    AlreadyEnded: HTTPStatus.CONFLICT,
    faults.Stale: HTTPStatus.CONFLICT,
    faults.Gone: HTTPStatus.GONE,
    RequestTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    faults.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    faults.NotAVideo: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    UnsupportedMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    InvalidFields: HTTPStatus.UNPROCESSABLE_ENTITY,
    faults.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    faults.CallbackNotAllowed: HTTPStatus.UNPROCESSABLE_ENTITY,
    faults.SourceNotAllowed: HTTPStatus.UNPROCESSABLE_ENTITY,
    faults.DigestMismatch: HTTPStatus.UNPROCESSABLE_ENTITY,
    faults.IdempotencyMismatch: HTTPStatus.UNPROCESSABLE_ENTITY,
    faults.NoVideoStream: HTTPStatus.UNPROCESSABLE_ENTITY,
    faults.Undecodable: HTTPStatus.UNPROCESSABLE_ENTITY,
    faults.TooLargePicture: HTTPStatus.UNPROCESSABLE_ENTITY,
    faults.TooLong: HTTPStatus.UNPROCESSABLE_ENTITY,
    faults.DecodeTimeout: HTTPStatus.UNPROCESSABLE_ENTITY,
    faults.AttemptTimeout: HTTPStatus.UNPROCESSABLE_ENTITY,
    faults.DecoderCrashed: HTTPStatus.UNPROCESSABLE_ENTITY,
    faults.SourceNotFetched: HTTPStatus.UNPROCESSABLE_ENTITY,
    faults.SourceMissing: HTTPStatus.UNPROCESSABLE_ENTITY,
    faults.WorkerCrashed: HTTPStatus.INTERNAL_SERVER_ERROR,
    faults.DeadlinePassed: HTTPStatus.GATEWAY_TIMEOUT,
    faults.InternalError: HTTPStatus.INTERNAL_SERVER_ERROR,
    faults.ModelContract: HTTPStatus.INTERNAL_SERVER_ERROR,
    faults.Misconfigured: HTTPStatus.INTERNAL_SERVER_ERROR,
    faults.StoreUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    faults.InferenceUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    TooManyStreams: HTTPStatus.SERVICE_UNAVAILABLE,
    NetworkOutOfOrder: HTTPStatus.SERVICE_UNAVAILABLE,
    faults.StorageFull: HTTPStatus.INSUFFICIENT_STORAGE,
    NoSuchUpload: HTTPStatus.NOT_FOUND,
    UploadGone: HTTPStatus.GONE,
    UploadLocked: HTTPStatus.LOCKED,
    TusVersionMismatch: HTTPStatus.PRECONDITION_FAILED,
    OffsetMismatch: HTTPStatus.CONFLICT,
    ChecksumMismatch: WRONG_CHECKSUM,
    ChecksumUnsupported: HTTPStatus.BAD_REQUEST,
    LongerThanAnnounced: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    NotAChunk: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    faults.Draining: HTTPStatus.SERVICE_UNAVAILABLE,
    faults.NewerDocument: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""One row a fault class; a test proves that none is missing."""

RETRY_AFTER_S: Final[dict[type[faults.Fault], int]] = {
    faults.NotReady: 2,
    faults.IdempotencyInFlight: 1,
    faults.QuotaExceeded: 10,
    faults.TooManyUploads: 60,
    UploadLocked: 1,
    faults.StoreUnavailable: 5,
    faults.InferenceUnavailable: 10,
    TooManyOwnStreams: 10,
    TooManyStreams: 10,
    NetworkOutOfOrder: 60,
    faults.StorageFull: 60,
    faults.Draining: 10,
    faults.NewerDocument: 60,
}


METHODS: Final = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
BY_CODE: Final = {fault.code: fault for fault in sorted(STATUS, key=lambda one: -len(one.__mro__))}
"""The most general fault of each code: the one that an assessment can have ended with."""
RETRYABLE: Final = (
    faults.Unavailable,
    faults.InternalError,
    faults.SourceMissing,
    faults.SourceNotFetched,
    faults.DeadlinePassed,
    faults.RateLimited,
    faults.Stale,
    RequestTimedOut,
    ChecksumMismatch,
    *RETRY_AFTER_S,
)
"""What passes by itself, or was an accident: the same again, perhaps later, can go well."""


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
    if isinstance(fault, faults.TooLarge):
        body["limit_bytes"] = fault.limit_bytes
    if isinstance(fault, NotAcceptable):
        body["served"] = list(fault.served)
    if isinstance(fault, faults.Forbidden):
        body["missing_scope"] = fault.missing_scope
    if isinstance(fault, faults.RateLimited | faults.QuotaExceeded):
        body["violated_policies"] = [fault.policy]
    if isinstance(fault, faults.Invalid):
        each = fault.errors if isinstance(fault, InvalidFields) else (fault,)
        body["errors"] = [_error(one) for one in each]
    return body


def _error(fault: faults.Invalid) -> dict[str, str]:
    return {"pointer": fault.pointer, "detail": fault.args[0]}


def _headers(fault: faults.Fault) -> dict[str, str]:
    if isinstance(fault, faults.Unauthenticated):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(fault, TusVersionMismatch):
        return {"Tus-Version": TUS_VERSION}
    if isinstance(fault, NotAcceptable):
        return {"Vary": "Accept"}
    if isinstance(fault, faults.RateLimited):
        return {"Retry-After": str(fault.retry_after_s)}
    retry_after_s = RETRY_AFTER_S.get(type(fault))
    return {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}


def advice_of(code: str) -> str:
    """Return what to do about an assessment that failed with the code."""
    return BY_CODE.get(code, faults.InternalError).advice


def retryable(code: str) -> bool:
    """Return whether sending the same recording again can help."""
    return issubclass(BY_CODE.get(code, faults.InternalError), RETRYABLE)


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
