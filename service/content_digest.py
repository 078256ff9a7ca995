"""The header `Content-Digest` (RFC 9530): what the body as sent must hash to.

    sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:, sha-512=:…:

A dictionary of byte sequences after RFC 8941. Algorithms that are not known are passed
over as long as one is known; parameters are, too.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from assessment.faults import Invalid
from assessment.recording_faults import DigestMismatch

POINTER: Final = "/headers/content-digest"
SIZES: Final = {"sha-256": 32, "sha-512": 64}
LONGEST: Final = 1024
_VALUE: Final = r'(?:[A-Za-z0-9*:/!#$%&\'+.^_`|~?-]+|"[ !#-\[\]-~]*")'
_MEMBER: Final = re.compile(
    r"([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/=]*):"
    rf"(?:;[ ]*[a-z*][a-z0-9_.*-]*(?:={_VALUE})?)*"
)
_BETWEEN: Final = re.compile(r"[ \t]*,[ \t]*")


class _Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...


def parse(lines: Sequence[str]) -> Mapping[str, bytes]:
    """Return the digests by known algorithm, or raise `Invalid`; no line, no digest."""
    if not lines:
        return {}
    value = ", ".join(lines).strip(" ")
    if len(value) > LONGEST:
        raise Invalid(f"is longer than {LONGEST} characters", pointer=POINTER)
    known = {name: raw for name, raw in _members(value).items() if name in SIZES}
    if not known:
        raise Invalid(f"names none of {', '.join(SIZES)}", pointer=POINTER)
    for name, raw in known.items():
        if len(raw) != SIZES[name]:
            raise Invalid(f"{name} takes {SIZES[name]} bytes", pointer=POINTER)
    return known


def _members(value: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    position = 0
    while True:
        member = _MEMBER.match(value, position)
        if member is None:
            raise _malformed()
        found[member[1]] = _bytes(member[2])
        if member.end() == len(value):
            return found
        between = _BETWEEN.match(value, member.end())
        if between is None:
            raise _malformed()
        position = between.end()


def _bytes(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise _malformed() from None


def _malformed() -> Invalid:
    return Invalid("is no dictionary of byte sequences after RFC 9530", pointer=POINTER)


@dataclass(frozen=True, slots=True)
class ContentDigest:
    """Hashes a body as it comes, with what its header announces."""

    announced: Mapping[str, bytes]
    _hashes: dict[str, _Hash] = field(default_factory=dict[str, _Hash])

    def __post_init__(self) -> None:
        for name in self.announced:
            self._hashes[name] = hashlib.new(name.replace("-", ""))

    def update(self, chunk: bytes) -> None:
        """Take the next bytes of the body."""
        for one in self._hashes.values():
            one.update(chunk)

    def check(self) -> None:
        """Raise `DigestMismatch` unless the whole body hashes to what was announced."""
        for name, one in self._hashes.items():
            if one.digest() != self.announced[name]:
                raise DigestMismatch(f"{name} is not that of the body", pointer=POINTER)
