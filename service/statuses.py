"""What HTTP says of each fault: its status, when to come back, whether it can go well then."""

from http import HTTPStatus
from typing import Final

from assessment import access_faults, faults, quota_faults, recording_faults, webhook_faults
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
from service.upload_faults import (
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

WRONG_CHECKSUM: Final = 460
"""As tus has it; no registered status."""

STATUS: Final[dict[type[faults.Fault], int]] = {
    faults.Malformed: HTTPStatus.BAD_REQUEST,
    access_faults.Unauthenticated: HTTPStatus.UNAUTHORIZED,
    access_faults.Forbidden: HTTPStatus.FORBIDDEN,
    access_faults.LastAdminKey: HTTPStatus.CONFLICT,
    access_faults.KeyOfSettings: HTTPStatus.CONFLICT,
    access_faults.TooManyKeys: HTTPStatus.CONFLICT,
    quota_faults.RateLimited: HTTPStatus.TOO_MANY_REQUESTS,
    quota_faults.QuotaExceeded: HTTPStatus.TOO_MANY_REQUESTS,
    quota_faults.TooManyUploads: HTTPStatus.TOO_MANY_REQUESTS,
    TooManyOwnStreams: HTTPStatus.TOO_MANY_REQUESTS,
    faults.NotFound: HTTPStatus.NOT_FOUND,
    access_faults.NoSuchKey: HTTPStatus.NOT_FOUND,
    NoSuchPath: HTTPStatus.NOT_FOUND,
    MethodNotAllowed: HTTPStatus.METHOD_NOT_ALLOWED,
    NotAcceptable: HTTPStatus.NOT_ACCEPTABLE,
    RequestTimedOut: HTTPStatus.REQUEST_TIMEOUT,
    HeadTooLarge: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    BrokenHead: HTTPStatus.BAD_REQUEST,
    AddressTooLong: HTTPStatus.REQUEST_URI_TOO_LONG,
    UnknownExpectation: HTTPStatus.EXPECTATION_FAILED,
    webhook_faults.NoSuchEndpoint: HTTPStatus.NOT_FOUND,
    webhook_faults.NoSuchDelivery: HTTPStatus.NOT_FOUND,
    webhook_faults.EndpointDisabled: HTTPStatus.CONFLICT,
    webhook_faults.TooManyEndpoints: HTTPStatus.CONFLICT,
    faults.NotReady: HTTPStatus.CONFLICT,
    faults.IdempotencyInFlight: HTTPStatus.CONFLICT,
    faults.IllegalTransition: HTTPStatus.CONFLICT,
    AlreadyEnded: HTTPStatus.CONFLICT,
    faults.Stale: HTTPStatus.CONFLICT,
    faults.Gone: HTTPStatus.GONE,
    RequestTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    recording_faults.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    recording_faults.NotAVideo: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    UnsupportedMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    InvalidFields: HTTPStatus.UNPROCESSABLE_ENTITY,
    faults.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    faults.CallbackNotAllowed: HTTPStatus.UNPROCESSABLE_ENTITY,
    faults.SourceNotAllowed: HTTPStatus.UNPROCESSABLE_ENTITY,
    recording_faults.DigestMismatch: HTTPStatus.UNPROCESSABLE_ENTITY,
    faults.IdempotencyMismatch: HTTPStatus.UNPROCESSABLE_ENTITY,
    recording_faults.NoVideoStream: HTTPStatus.UNPROCESSABLE_ENTITY,
    recording_faults.Undecodable: HTTPStatus.UNPROCESSABLE_ENTITY,
    recording_faults.TooLargePicture: HTTPStatus.UNPROCESSABLE_ENTITY,
    recording_faults.TooLong: HTTPStatus.UNPROCESSABLE_ENTITY,
    recording_faults.DecodeTimeout: HTTPStatus.UNPROCESSABLE_ENTITY,
    recording_faults.AttemptTimeout: HTTPStatus.UNPROCESSABLE_ENTITY,
    recording_faults.DecoderCrashed: HTTPStatus.UNPROCESSABLE_ENTITY,
    recording_faults.SourceNotFetched: HTTPStatus.UNPROCESSABLE_ENTITY,
    recording_faults.SourceMissing: HTTPStatus.UNPROCESSABLE_ENTITY,
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
    quota_faults.QuotaExceeded: 10,
    quota_faults.TooManyUploads: 60,
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

BY_CODE: Final = {fault.code: fault for fault in sorted(STATUS, key=lambda one: -len(one.__mro__))}
"""The most general fault of each code: the one that an assessment can have ended with."""
RETRYABLE: Final = (
    faults.Unavailable,
    faults.InternalError,
    recording_faults.SourceMissing,
    recording_faults.SourceNotFetched,
    faults.DeadlinePassed,
    quota_faults.RateLimited,
    faults.Stale,
    RequestTimedOut,
    ChecksumMismatch,
    *RETRY_AFTER_S,
)
"""What passes by itself, or was an accident: the same again, perhaps later, can go well."""


def advice_of(code: str) -> str:
    """Return what to do about an assessment that failed with the code."""
    return BY_CODE.get(code, faults.InternalError).advice


def retryable(code: str) -> bool:
    """Return whether sending the same recording again can help."""
    return issubclass(BY_CODE.get(code, faults.InternalError), RETRYABLE)
