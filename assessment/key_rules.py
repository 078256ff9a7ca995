"""What may be done to a tenant's keys: pure functions over all of them, for every store."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from assessment.access import (
    EVERY_SCOPE,
    LIVE_PREFIX,
    TEST_PREFIX,
    Issued,
    Key,
    KeyId,
    KeyOrder,
    Scope,
    is_sandbox,
    sandbox_of,
)
from assessment.access_faults import KeyOfSettings, LastAdminKey, NoSuchKey, TooManyKeys
from assessment.assessment import Tenant

MOST_KEYS: Final = 100
FORGET_AFTER: Final = timedelta(days=30)
"""How long a key that has expired is still listed."""
KEY_BYTES: Final = 32
HINT_LENGTH: Final = 4

Book = Mapping[KeyId, Key]
"""All keys of a tenant and its sandbox."""


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a book: keys written and keys forgotten."""

    put: tuple[Key, ...] = ()
    drop: tuple[KeyId, ...] = ()
    issued: Issued | None = None


def new_key(order: KeyOrder, at: datetime) -> Issued:
    """Return a key of 256 random bits."""
    prefix = TEST_PREFIX if is_sandbox(order.tenant) else LIVE_PREFIX
    secret = prefix + secrets.token_urlsafe(KEY_BYTES)
    lifetime = None if order.expires_in_s is None else timedelta(seconds=order.expires_in_s)
    key = Key(
        id=_new_id(),
        tenant=order.tenant,
        name=order.name,
        scopes=order.scopes,
        hint=secret[-HINT_LENGTH:],
        created_at=at,
        expires_at=None if lifetime is None else at + lifetime,
    )
    return Issued(key, secret)


def settings_key(secret: str, tenant: Tenant, at: datetime) -> Key:
    """Return the key that the settings give: it may do everything."""
    return Key(
        id=_new_id(),
        tenant=sandbox_of(tenant) if secret.startswith(TEST_PREFIX) else tenant,
        name="settings",
        scopes=EVERY_SCOPE,
        hint=secret[-HINT_LENGTH:],
        created_at=at,
        of_settings=True,
    )


def issue(book: Book, order: KeyOrder, at: datetime) -> Change:
    """Add a key."""
    return _adding(book, new_key(order, at), at)


def rotate(book: Book, key_id: KeyId, overlap_s: int, at: datetime) -> Change:
    """Add a key with the name, scopes and lifetime of this one, which ends after the overlap."""
    old = changeable(book, key_id)
    lifetime = None if old.expires_at is None else old.expires_at - old.created_at
    order = KeyOrder(
        tenant=old.tenant,
        name=old.name,
        scopes=old.scopes,
        expires_in_s=None if lifetime is None else round(lifetime.total_seconds()),
    )
    change = _adding(book, new := new_key(order, at), at)
    end = at + timedelta(seconds=overlap_s)
    ending = replace(
        old,
        expires_at=end if old.expires_at is None else min(end, old.expires_at),
        replaced_by=new.key.id,
    )
    kept = tuple(one for one in change.drop if one != old.id)
    return replace(change, put=(*change.put, ending), drop=kept)


def revoke(book: Book, key_id: KeyId, at: datetime, *, keep_an_admin: bool) -> Change:
    """Forget a key."""
    key = changeable(book, key_id)
    if keep_an_admin and _admin(key, at) and not any(_stands_in(o, key, at) for o in book.values()):
        raise LastAdminKey
    return Change(drop=(key_id,))


def changeable(book: Book, key_id: KeyId) -> Key:
    """Return the key, or raise `NoSuchKey` or `KeyOfSettings`."""
    if key_id not in book:
        raise NoSuchKey(key_id)
    if book[key_id].of_settings:
        raise KeyOfSettings(key_id)
    return book[key_id]


def _adding(book: Book, issued: Issued, at: datetime) -> Change:
    stale = tuple(key.id for key in book.values() if key.ended(at - FORGET_AFTER))
    if len(book) - len(stale) >= MOST_KEYS:
        raise TooManyKeys
    return Change(put=(issued.key,), drop=stale, issued=issued)


def _admin(key: Key, at: datetime) -> bool:
    return Scope.ADMIN in key.scopes and not key.ended(at)


def _stands_in(other: Key, key: Key, at: datetime) -> bool:
    """Return whether the other key can manage what this one could, and is here to stay."""
    reaches = other.live or not key.live
    return other.id != key.id and _admin(other, at) and other.replaced_by is None and reaches


def _new_id() -> KeyId:
    return KeyId(f"key_{secrets.token_hex(16)}")
