"""Receipts: what can be proved of an assessment, or of its erasure, when all else is gone.

A receipt is a JSON object. Its `signature` is Ed25519 (RFC 8032) over the canonical form
(RFC 8785) of all its other members, by the key that was in force at the time it speaks of.

    key 1  ├──────────────┤
    key 2                 ├───────────┤            a key signs until a newer one is in force
    key 3                             ├──────▶

Public keys stay published with their times, so that a receipt can be checked for ever, and a
key that leaks after its time cannot speak of later times.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

ALGORITHM: Final = "Ed25519"
VERSION: Final = 1
SIGNATURE: Final = "signature"
"""The one member that is not signed."""
NOTICE_S: Final = 600
"""A new key is published this long before it signs, so that cached key sets know it in time."""


class Kind(StrEnum):
    """What a receipt speaks of."""

    ASSESSMENT = "assessment"
    DELETION = "deletion"
    FEEDBACK_DELETION = "feedback_deletion"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptKey:
    """The public half of a key (32 bytes) and its time; `id` is its thumbprint (RFC 7638)."""

    id: str
    public: bytes
    signs_from: datetime


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A key as it is published; `signs_until` is when a newer one takes over, if one will."""

    key: ReceiptKey
    signs_until: datetime | None


@dataclass(frozen=True, slots=True)
class Signer:
    """One key at work: bytes in, 64 bytes of signature out."""

    key_id: str
    sign: Callable[[bytes], bytes]


class ReceiptKeys(Protocol):
    """The keys that sign receipts, shared by all processes of one data folder.

    Every method may raise `Misconfigured`.
    """

    def signer(self, at: datetime) -> Signer:
        """Return the key that signs what happened at that time, or the present one.

        The present one stands in where the private half of the other is no longer kept.
        """
        ...

    def published(self) -> Sequence[PublishedKey]:
        """Return every key that ever signed or is going to, the oldest first."""
        ...

    def rotate(self, *, signs_from: datetime) -> ReceiptKey:
        """Make a key that signs from then on."""
        ...


def in_force(keys: Sequence[ReceiptKey], at: datetime) -> ReceiptKey:
    """Return which of the keys, in the order they were made, signs at that time.

    What happened before there was a key is signed by the first one.
    """
    begun = [key for key in keys if key.signs_from <= at]
    return begun[-1] if begun else keys[0]


def publish(keys: Sequence[ReceiptKey]) -> Sequence[PublishedKey]:
    """Return the keys with the end of each one's time.

    A key that a later one overtook before its time, or that was made while the clock stood
    later, signs nothing: its time begins where it ends.
    """
    return [_published(key, keys[number:]) for number, key in enumerate(keys, 1)]


def _published(key: ReceiptKey, later: Sequence[ReceiptKey]) -> PublishedKey:
    until = min((one.signs_from for one in later), default=None)
    if until is None or until >= key.signs_from:
        return PublishedKey(key, until)
    return PublishedKey(replace(key, signs_from=until), until)


def earliest(keys: Sequence[ReceiptKey], signs_from: datetime) -> datetime:
    """Return when a new key begins that was to begin then: never before there was any key.

    That is asked for only after the clock was set back, and it would leave no time to the first
    key, which signed from the moment that it was made.
    """
    if not keys:
        return signs_from
    return max(signs_from, keys[0].signs_from + timedelta(seconds=1))
