"""Faults that only HTTP knows, as branches of the tree in `assessment.faults`.

Those of resumable uploads are in `service.upload_faults`.

Rejected
├── NotFound
│   └── NoSuchPath           nothing is served there
├── MethodNotAllowed         the path is served, not with this method
├── MalformedRequest         not the multipart/form-data that it says it is
├── UnsupportedMediaType     another content type than is accepted, or an encoding
├── TooLarge
│   └── RequestTooLarge      a body of options larger than its limit
├── AlreadyEnded             canceled after its end; an IllegalTransition
├── NotAcceptable            asked for as a media type that it is not served as
├── RequestTimedOut          the body stopped arriving
├── HeadTooLarge             more header fields, or longer ones, than are read
├── Malformed
│   └── BrokenHead           no HTTP/1.1, or not exactly one host that is ours
├── AddressTooLong           path and query are longer than any that is served
├── UnknownExpectation       `Expect` asks for what nobody here does
├── TooManyOwnStreams        the tenant has as many event streams open as it may have
└── Invalid
    └── InvalidFields        several values break rules at once

Unavailable
├── TooManyStreams           as many event streams are open as one process serves
└── NetworkOutOfOrder        a network that the request needs is not fit to be served
"""

from collections.abc import Sequence

from assessment.faults import IllegalTransition, Invalid, Malformed, NotFound, Rejected, Unavailable
from assessment.recording_faults import TooLarge


class NoSuchPath(NotFound):
    """Nothing is served at the path; the same code as an unknown assessment."""

    advice = "Nothing is served here. `/openapi.json` lists what is."


class MethodNotAllowed(Rejected):
    """The path is served, but not with this method."""

    code = "method_not_allowed"
    advice = "Use one of the methods that the `Allow` header lists."


class UnsupportedMediaType(Rejected):
    """The body has another content type, or is compressed."""

    code = "unsupported_media_type"
    advice = (
        "Send multipart/form-data, the recording itself as video/*, image/jpeg, image/png or "
        "application/octet-stream, or application/json with a `source`; nothing is compressed."
    )


class AlreadyEnded(IllegalTransition):
    """The assessment has ended, so nothing of it can be canceled."""

    code = "already_ended"
    advice = "The assessment has ended and stays as it is. Read its status, or delete it."


class NotAcceptable(Rejected):
    """None of the media types that are served there is accepted."""

    code = "not_acceptable"
    advice = "Accept one of the media types that `served` lists, or send no `Accept`."

    def __init__(self, served: Sequence[str]) -> None:
        super().__init__("another media type was asked for")
        self.served = tuple(served)


class TooManyStreams(Unavailable):
    """As many event streams are open as this process serves."""

    code = "too_many_streams"
    advice = "Too many event streams are open. Try again, or ask for the assessment now and then."


class NetworkOutOfOrder(Unavailable):
    """A network that the request needs is there and not fit to be served."""

    code = "network_out_of_order"
    advice = (
        "A network that this needs is out of order, and `/readyz` says why. Tell the operator and "
        "try again later, or name others in `model` or `analyses`."
    )


class TooManyOwnStreams(Rejected):
    """The tenant has as many event streams open in this process as it may have."""

    code = "too_many_own_streams"
    advice = "Close event streams that you no longer read, or ask for the assessment now and then."


class RequestTooLarge(TooLarge):
    """The body of options is larger than its limit."""

    advice = "Send less text: fewer or shorter `metadata`, or a smaller batch."


class RequestTimedOut(Rejected):
    """The body stopped arriving."""

    code = "request_timeout"
    advice = "The recording stopped arriving. Send it again over a steadier line."


class HeadTooLarge(Rejected):
    """The request line and the header fields are longer, or more, than are read."""

    code = "head_too_large"
    advice = "Send 64 KiB of header fields at most, 100 of them, the address included."


class BrokenHead(Malformed):
    """The request's version or its `Host` is not one that is served."""

    advice = "Speak HTTP/1.1, and send one `Host`: the name under which you reach the service."


class AddressTooLong(Rejected):
    """Path and query are longer than any that is served."""

    code = "address_too_long"
    advice = "Ask for an address of 8 KiB at most, its query included."


class UnknownExpectation(Rejected):
    """`Expect` asks for something that is not done here."""

    code = "expectation_failed"
    advice = "Send `Expect: 100-continue`, or no `Expect` at all."


class InvalidFields(Invalid):
    """Several values break rules at once; each is an `Invalid` of its own."""

    def __init__(self, errors: Sequence[Invalid]) -> None:
        super().__init__(errors[0].args[0], pointer=errors[0].pointer)
        self.errors = tuple(errors)
