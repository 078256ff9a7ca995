"""Everything that can go wrong, as a tree.

Fault
├── Rejected                 the caller's mistake; trying again will not help
│   ├── Unauthenticated      no key, or one that is not ours
│   ├── Forbidden            the key does not have the scope
│   ├── LastAdminKey         nobody could manage the tenant's keys afterwards
│   ├── KeyOfSettings        only the settings can end this key
│   ├── TooManyKeys          the tenant has as many keys as it may have
│   ├── RateLimited          too many requests in a short time
│   ├── QuotaExceeded        the tenant has as much at work, or stored, as it may have
│   ├── TooManyUploads       the tenant has as many open uploads as it may have
│   ├── IdempotencyInFlight  the same Idempotency-Key is being worked on
│   ├── NotFound             no such assessment, or somebody else's
│   │   ├── NoSuchKey        no such key, or somebody else's
│   │   ├── NoSuchEndpoint   no such webhook endpoint, or somebody else's
│   │   └── NoSuchDelivery   no such entry in the delivery log
│   ├── Gone                 it was deleted
│   ├── EndpointDisabled     nothing is sent to the webhook endpoint
│   ├── TooManyEndpoints     the tenant has as many webhook endpoints as it may
│   ├── NotReady             the assessment has not reached what was asked for
│   ├── Invalid              the request breaks a rule; `pointer` says where
│   │   ├── CallbackNotAllowed
│   │   ├── SourceNotAllowed
│   │   ├── IdempotencyMismatch
│   │   └── DigestMismatch
│   ├── Malformed            the bytes do not follow the protocol they claim
│   ├── NotAVideo            not one of the containers that are accepted
│   ├── TooLarge             more bytes than the limit
│   └── Unusable             known only after decoding; ends an assessment
│       ├── NoVideoStream    a container without a picture
│       ├── Undecodable      damaged, truncated, or a codec that is not accepted
│       ├── TooLargePicture  more pixels than the limit
│       ├── TooLong          more media time or frames than the limit
│       ├── DecodeTimeout    the decoder did not finish in its time
│       ├── AttemptTimeout   one attempt took longer than its limit
│       ├── DecoderCrashed   the decoder process died
│       ├── SourceNotFetched the recording could not be fetched from its address
│       └── SourceMissing    the recording is no longer there
├── IllegalTransition        an assessment was asked to go where it cannot
├── Stale                    somebody else moved the assessment first
├── WorkerCrashed            every worker that took the assessment died
├── DeadlinePassed           the assessment had not ended by its deadline
├── InternalError            a bug of ours
├── ModelContract            a network answered what its manifest does not promise
├── Misconfigured            the operator must act before this can start
└── Unavailable              ours or a dependency's; trying again may help
    ├── StoreUnavailable     Redis
    ├── NewerDocument        a later release wrote it; an upgrade or roll back is under way
    ├── Draining             the worker was asked to stop
    ├── StorageFull          no room for the recording
    └── InferenceUnavailable Triton is down, overloaded, or has not loaded the model

A fault's `code` is public: it ends a problem's type, and a failed assessment
remembers it. `advice` is the sentence that the caller reads. Neither ever
quotes the input. HTTP statuses live in `service.statuses`, by class.
"""

from typing import ClassVar


class Fault(Exception):
    """Base of every error that this project raises on purpose."""

    code: ClassVar[str]
    advice: ClassVar[str]


class Rejected(Fault):
    """The input can never succeed."""


class Unauthenticated(Rejected):
    """No key, or one that is not ours."""

    code = "unauthenticated"
    advice = "Send a valid key as `Authorization: Bearer sk_…`."


class Forbidden(Rejected):
    """The key does not have the scope that the request needs."""

    code = "forbidden"
    advice = "Use a key with the scope that `missing_scope` names."

    def __init__(self, missing_scope: str) -> None:
        super().__init__(f"the key lacks the scope {missing_scope}")
        self.missing_scope = missing_scope


class LastAdminKey(Rejected):
    """Without this key nobody could manage the tenant's keys."""

    code = "last_admin_key"
    advice = "Make another key with the scope `admin` first, then revoke this one."


class KeyOfSettings(Rejected):
    """The key stands in the service's settings, and only they can end it."""

    code = "key_of_settings"
    advice = "This key comes from the service's settings. The operator changes it there."


class TooManyKeys(Rejected):
    """The tenant has as many keys as it may have."""

    code = "too_many_keys"
    advice = "Revoke keys that are no longer used, then make this one."


class RateLimited(Rejected):
    """Too many requests in a short time; it passes by itself."""

    code = "rate_limited"
    advice = "Wait as many seconds as `Retry-After` says, and send fewer requests a minute."

    def __init__(self, policy: str, *, retry_after_s: int) -> None:
        super().__init__(f"over the limit of {policy}")
        self.policy = policy
        self.retry_after_s = retry_after_s


class QuotaExceeded(Rejected):
    """The tenant has as much at work, or stored, as it may have."""

    code = "quota_exceeded"
    advice = "Wait until assessments have ended, or cancel or delete some. Then send it again."

    def __init__(self, policy: str) -> None:
        super().__init__(f"over the quota of {policy}")
        self.policy = policy


class TooManyUploads(Rejected):
    """The tenant has as many open uploads as it may have."""

    code = "too_many_uploads"
    advice = "Finish, use or delete uploads first. Those that are given up expire by themselves."


class IdempotencyInFlight(Rejected):
    """Another request with the same Idempotency-Key has not been answered yet."""

    code = "idempotency_in_flight"
    advice = "The first request with this Idempotency-Key is being worked on. Send it again soon."


class NotFound(Rejected):
    """No assessment has that id, or it belongs to somebody else."""

    code = "not_found"
    advice = "There is no such assessment for this key. Check the id."


class NoSuchEndpoint(NotFound):
    """No webhook endpoint has that id, or it belongs to somebody else."""

    advice = "There is no such webhook endpoint for this key. Check the id."


class NoSuchDelivery(NotFound):
    """The delivery log has no such entry."""

    advice = "There is no such delivery of this assessment. Its delivery log lists them."


class EndpointDisabled(Rejected):
    """Nothing is sent to the webhook endpoint."""

    code = "endpoint_disabled"
    advice = "The webhook endpoint is disabled or deleted. Set `enabled` to true first."


class TooManyEndpoints(Rejected):
    """The tenant has as many webhook endpoints as it may."""

    code = "too_many_endpoints"
    advice = "There are 20 webhook endpoints, which is all there can be. Delete one first."


class NoSuchKey(NotFound):
    """The tenant has no key of that id."""

    advice = "There is no such key for this tenant. `GET /v1/keys` lists them."


class Gone(Rejected):
    """The assessment was deleted by its tenant; to others it never was."""

    code = "gone"
    advice = "This assessment was deleted and cannot be recovered."

    def __init__(self, tenant: str) -> None:
        super().__init__("it was deleted")
        self.tenant = tenant


class NotReady(Rejected):
    """The assessment has not produced what was asked for."""

    code = "not_ready"
    advice = "The assessment has no result. Read its status, and ask again once it has succeeded."


class Invalid(Rejected):
    """The request breaks a rule; `pointer` is a JSON Pointer to the offending value."""

    code = "validation_error"
    advice = "Correct the value that `errors[].pointer` names and send the request again."

    def __init__(self, detail: str, *, pointer: str = "") -> None:
        super().__init__(detail)
        self.pointer = pointer


class CallbackNotAllowed(Invalid):
    """The callback address may not be called."""

    code = "callback_not_allowed"
    advice = "Use a public https address without user name or password."


class SourceNotAllowed(Invalid):
    """The address of the recording is not one that may be fetched."""

    code = "source_not_allowed"
    advice = "Use a public https address without user name or password."


class IdempotencyMismatch(Invalid):
    """The Idempotency-Key was used before, for another request."""

    code = "idempotency_mismatch"
    advice = "This Idempotency-Key belongs to another request. Use a new key for a new request."


class DigestMismatch(Invalid):
    """The recording that arrived is not the one that was announced."""

    code = "digest_mismatch"
    advice = "The recording is not the one whose digest was announced. Check both and correct one."


class Malformed(Rejected):
    """The bytes of the request do not follow the protocol that they claim."""

    code = "malformed_request"
    advice = "Send multipart/form-data with a boundary, few parts and short part headers."


class NotAVideo(Rejected):
    """The content is not one of the accepted containers."""

    code = "not_a_video"
    advice = "Send an MP4, MOV, WebM, Matroska, AVI or MPEG-TS recording, or a JPEG or PNG."


class TooLarge(Rejected):
    """The recording has more bytes than the limit."""

    code = "too_large"
    advice = "Send a smaller recording: shorten it or lower its bit rate."

    def __init__(self, detail: str, *, limit_bytes: int) -> None:
        super().__init__(detail)
        self.limit_bytes = limit_bytes


class Unusable(Rejected):
    """The recording was accepted and turned out unusable; this ends the assessment."""


class NoVideoStream(Unusable):
    """The container holds no picture."""

    code = "no_video_stream"
    advice = "The recording has no video track. Send one that has."


class Undecodable(Unusable):
    """The recording is damaged, truncated, or uses a codec that is not accepted."""

    code = "undecodable"
    advice = "The recording is damaged, cut off or in an unknown codec. Export it again as H.264."


class TooLargePicture(Unusable):
    """The picture has more pixels than the limit."""

    code = "too_large_picture"
    advice = "Scale the recording down to 3840 x 2160 or less."


class TooLong(Unusable):
    """The recording is longer, or has more frames, than the limit."""

    code = "too_long"
    advice = "Cut the recording into shorter parts and send each on its own."


class DecodeTimeout(Unusable):
    """The decoder did not finish in its time."""

    code = "decode_timeout"
    advice = "The recording takes too long to decode. Export it again as H.264 at 720p."


class AttemptTimeout(Unusable):
    """One attempt at the recording took longer than its limit."""

    code = "attempt_timeout"
    advice = "Measuring took longer than the operator allows. Send the recording in shorter parts."


class DecoderCrashed(Unusable):
    """The decoder process died."""

    code = "decoder_crashed"
    advice = "The recording breaks the decoder. Export it again as H.264."


class SourceNotFetched(Unusable):
    """The recording could not be fetched from its address."""

    code = "source_not_fetched"
    advice = (
        "The address did not give the recording. It must be public, answer 200 without a login, "
        "redirect three times at most and be quick enough. Correct it and send the request again."
    )


class SourceMissing(Unusable):
    """The recording is no longer there and no measurement was kept."""

    code = "source_missing"
    advice = "The recording was erased before it could be measured. Send it again."


class IllegalTransition(Fault):
    """The assessment's status does not allow the change."""

    code = "illegal_transition"
    advice = "The assessment's status does not allow this."


class Stale(Fault):
    """The stored assessment changed between reading and saving it."""

    code = "stale"
    advice = (
        "The assessment changed meanwhile. Read it, and send the request again if it still fits."
    )


class WorkerCrashed(Fault):
    """Every worker that took the assessment died, or lost it."""

    code = "worker_crashed"
    advice = "The recording stopped every worker that tried it. Export it again as H.264."


class DeadlinePassed(Fault):
    """The assessment had not ended by the deadline that its request set."""

    code = "deadline_passed"
    advice = "It had not finished by its deadline. Send it again, with a longer `deadline_s`."


class InternalError(Fault):
    """A bug of ours; the log has it, the caller is told nothing."""

    code = "internal_error"
    advice = "Something broke on our side. Send it again, and tell the operator the request id."


class ModelContract(Fault):
    """A network answered something that its manifest does not promise."""

    code = "model_contract"
    advice = "The inference server and this release do not fit together. Tell the operator."


class Misconfigured(Fault):
    """The operator must act before this can start."""

    code = "misconfigured"
    advice = "Read the message and correct the setting that it names."


class Unavailable(Fault):
    """A dependency did not answer in time."""


class StoreUnavailable(Unavailable):
    """Redis did not answer."""

    code = "store_unavailable"
    advice = "The service cannot reach its store. Try again in a few seconds."


class NewerDocument(Unavailable):
    """A later release wrote the record, and this one cannot tell what it means."""

    code = "newer_document"
    advice = "An upgrade is under way. Ask again in a minute; the assessment is safe."


class Draining(Unavailable):
    """The worker was asked to stop; another one goes on."""

    code = "draining"
    advice = "The worker is stopping. The assessment is taken up by another one by itself."


class StorageFull(Unavailable):
    """There is no room for the recording."""

    code = "insufficient_storage"
    advice = "The service has no room for the recording. Try again later or tell the operator."


class InferenceUnavailable(Unavailable):
    """Triton is down, overloaded, or has not loaded the model."""

    code = "inference_unavailable"
    advice = "The inference server does not answer. The assessment is tried again by itself."
