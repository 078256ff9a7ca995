"""Faults that only HTTP knows, as branches of the tree in `assessment.faults`.

Rejected
├── NotFound
│   └── NoSuchPath           nothing is served there
├── MethodNotAllowed         the path is served, not with this method
├── MalformedRequest         not the multipart/form-data that it says it is
├── UnsupportedMediaType     another content type or encoding than multipart/form-data
├── RequestTimedOut          the body stopped arriving
└── Invalid
    └── InvalidFields        several values break rules at once
"""

from collections.abc import Sequence

from assessment.faults import Invalid, NotFound, Rejected


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
    advice = "Send `Content-Type: multipart/form-data` with a boundary and no content encoding."


class RequestTimedOut(Rejected):
    """The body stopped arriving."""

    code = "request_timeout"
    advice = "The recording stopped arriving. Send it again over a steadier line."


class InvalidFields(Invalid):
    """Several values break rules at once; each is an `Invalid` of its own."""

    def __init__(self, errors: Sequence[Invalid]) -> None:
        super().__init__(errors[0].args[0], pointer=errors[0].pointer)
        self.errors = tuple(errors)
