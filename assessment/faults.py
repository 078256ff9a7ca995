"""Everything that can go wrong, as a tree.

Fault
├── Rejected                 the caller's mistake; trying again will not help
│   ├── IdempotencyInFlight  the same Idempotency-Key is being worked on
│   ├── NotFound             no such assessment, or somebody else's
│   │   ├── NoSuchKey        no such key, or somebody else's (access_faults)
│   │   ├── NoSuchEndpoint   no such webhook endpoint, or somebody else's (webhook_faults)
│   │   └── NoSuchDelivery   no such entry in the delivery log (webhook_faults)
│   ├── Gone                 it was deleted
│   ├── NotReady             the assessment has not reached what was asked for
│   ├── Invalid              the request breaks a rule; `pointer` says where
│   │   ├── CallbackNotAllowed
│   │   ├── SourceNotAllowed
│   │   ├── IdempotencyMismatch
│   │   └── DigestMismatch   not the recording that was announced (recording_faults)
│   ├── Malformed            the bytes do not follow the protocol they claim
│   │                        ── access_faults ──
│   ├── Unauthenticated      no key, or one that is not ours
│   ├── Forbidden            the key does not have the scope
│   ├── LastAdminKey         nobody could manage the tenant's keys afterwards
│   ├── KeyOfSettings        only the settings can end this key
│   ├── TooManyKeys          the tenant has as many keys as it may have
│   │                        ── quota_faults ──
│   ├── RateLimited          too many requests in a short time
│   ├── QuotaExceeded        the tenant has as much at work, or stored, as it may have
│   ├── TooManyUploads       the tenant has as many open uploads as it may have
│   │                        ── webhook_faults ──
│   ├── EndpointDisabled     nothing is sent to the webhook endpoint
│   ├── TooManyEndpoints     the tenant has as many webhook endpoints as it may
│   │                        ── recording_faults ──
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
remembers it. `advice` is the sentence that the caller reads; what only the
operator can do says so (`The operator …`, `Tell the operator`). Neither ever
quotes the input. HTTP statuses live in `service.statuses`, by class. Faults are
here unless the tree names another module of `assessment`; those that only HTTP
knows are in `service.faults`.
"""

from typing import ClassVar


class Fault(Exception):
    """Base of every error that this project raises on purpose."""

    code: ClassVar[str]
    advice: ClassVar[str]


class Rejected(Fault):
    """The input can never succeed."""


class IdempotencyInFlight(Rejected):
    """Another request with the same Idempotency-Key has not been answered yet."""

    code = "idempotency_in_flight"
    advice = "The first request with this Idempotency-Key is being worked on. Send it again soon."


class NotFound(Rejected):
    """No assessment has that id, or it belongs to somebody else."""

    code = "not_found"
    advice = "There is no such assessment for this key. Check the id."


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


class Malformed(Rejected):
    """The bytes of the request do not follow the protocol that they claim."""

    code = "malformed_request"
    advice = "Send multipart/form-data with a boundary, few parts and short part headers."


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
    advice = "The operator corrects the setting that the log names, and starts it again."


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
