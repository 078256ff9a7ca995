"""The port `Keys` over Redis.

mien:keys            hash: SHA-256 of a key to its document (once: to its tenant alone)
mien:keys-of:HOME    hash: key id to that SHA-256, the keys of a tenant and its sandbox
mien:keys-used       hash: key id to the second of its last use, right to a minute
mien:configured-key  the SHA-256 of the key that the settings gave last

A fast hash is right for keys of 256 random bits only. Looking a key up by its hash leaks
no more time than the hash would, so nothing is compared a byte at a time.
"""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final, cast

import redis

from adapters.key_document import read_key, write_key
from adapters.redis_store import PREFIX, Scripts, reachable
from assessment import key_rules
from assessment.access import EVERY_SCOPE, Caller, Issued, Key, KeyId, KeyOrder, home_of
from assessment.access_faults import Unauthenticated
from assessment.assessment import Tenant
from assessment.faults import StoreUnavailable
from assessment.key_rules import Book, Change
from assessment.ports import Clock

KEYS: Final = PREFIX + "keys"
KEYS_OF: Final = PREFIX + "keys-of:"
USED: Final = PREFIX + "keys-used"
CONFIGURED: Final = PREFIX + "configured-key"
NOTED_EVERY_S: Final = 60

Pipeline = Any  # redis.client.Pipeline, which is only half typed


class RedisKeys:
    """Keys in Redis; a change to a tenant's keys sees all of them, and loses no race."""

    def __init__(self, client: "redis.Redis", clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._run = Scripts(client, "keys.lua")
        self._noted: dict[KeyId, datetime] = {}
        self._notes = ThreadPoolExecutor(1, "keys-used")

    def configure(self, key: str, tenant: Tenant) -> None:
        """Let the key of the settings speak for the tenant, instead of the one before it."""
        digest, new = _hash(key), key_rules.settings_key(key, tenant, self._clock())

        def replace(pipeline: Pipeline) -> None:
            before = cast("str | None", pipeline.get(CONFIGURED))
            known = cast("str | None", pipeline.hget(KEYS, before)) if before else None
            pipeline.multi()
            if before == digest and known is not None and _is_document(known):
                return
            if before is not None:
                pipeline.hdel(KEYS, before)
            if known is not None and _is_document(known):
                old = read_key(known)
                _forget(pipeline, home_of(old.tenant), old.id)
            _put(pipeline, home_of(new.tenant), new, digest)
            pipeline.set(CONFIGURED, digest)

        with reachable():
            self._client.transaction(replace, CONFIGURED)

    def caller_of(self, key: str) -> Caller:
        """Return who calls, or raise `Unauthenticated`."""
        digest = _hash(key)
        with reachable():
            found = cast("str | None", self._client.hget(KEYS, digest))
        if found is None:
            raise Unauthenticated("unknown key")
        if not _is_document(found):
            return Caller(KeyId(f"key_{digest[:32]}"), Tenant(found), EVERY_SCOPE)
        known, now = read_key(found), self._clock()
        if known.ended(now):
            raise Unauthenticated("expired key")
        self._note(known.id, now)
        return known.caller

    def issue(self, order: KeyOrder) -> Issued:
        """Make a key, or raise `TooManyKeys`."""
        now = self._clock()
        change = self._change(home_of(order.tenant), lambda book: key_rules.issue(book, order, now))
        assert change.issued is not None
        return change.issued

    def list(self, home: Tenant) -> Sequence[Key]:
        """Return the keys that were not revoked, the oldest first."""
        with reachable():
            _, book = _read(self._client, home)
        return sorted(book.values(), key=lambda key: (key.created_at, key.id))

    def rotate(self, home: Tenant, key_id: KeyId, *, overlap_s: int) -> Issued:
        """Make a key like this one, which ends after the overlap."""
        now = self._clock()
        change = self._change(home, lambda book: key_rules.rotate(book, key_id, overlap_s, now))
        assert change.issued is not None
        return change.issued

    def revoke(self, home: Tenant, key_id: KeyId, *, keep_an_admin: bool) -> Key:
        """End a key at once and forget it."""
        now, seen = self._clock(), dict[KeyId, Key]()

        def rule(book: Book) -> Change:
            seen.update(book)
            return key_rules.revoke(book, key_id, now, keep_an_admin=keep_an_admin)

        self._change(home, rule)
        return seen[key_id]

    def _change(self, home: Tenant, rule: Callable[[Book], Change]) -> Change:
        """Apply a rule to all keys of a tenant; it is asked again when they changed meanwhile."""

        def apply(pipeline: Pipeline) -> Change:
            digests, book = _read(pipeline, home)
            change = rule(book)
            pipeline.multi()
            for key_id in change.drop:
                pipeline.hdel(KEYS, digests[key_id])
                _forget(pipeline, home, key_id)
            for key in change.put:
                digest = digests.get(key.id) or _hash(change.issued.secret if change.issued else "")
                _put(pipeline, home, key, digest)
            return change

        client: Any = self._client  # redis declares that `transaction` takes what returns nothing
        with reachable():
            return client.transaction(apply, KEYS_OF + home, value_from_callable=True)

    def _note(self, key_id: KeyId, now: datetime) -> None:
        """Have the use of a key written down by another thread, at most once a minute."""
        before = self._noted.get(key_id)
        if before is None or (now - before).total_seconds() >= NOTED_EVERY_S:
            self._noted[key_id] = now
            self._notes.submit(self._write_note, key_id, now)

    def _write_note(self, key_id: KeyId, now: datetime) -> None:
        with suppress(StoreUnavailable):
            self._run("note", [USED], key_id, round(now.timestamp()), NOTED_EVERY_S)


def _read(client: Any, home: Tenant) -> tuple[dict[KeyId, str], dict[KeyId, Key]]:
    """Return a tenant's keys, and the hash of each."""
    digests = cast("dict[KeyId, str]", client.hgetall(KEYS_OF + home))
    if not digests:
        return {}, {}
    documents = cast("list[str | None]", client.hmget(KEYS, list(digests.values())))
    used = cast("list[str | None]", client.hmget(USED, list(digests)))
    found = [
        read_key(document, datetime.fromtimestamp(int(at), UTC) if at else None)
        for document, at in zip(documents, used, strict=True)
        if document is not None
    ]
    return digests, {key.id: key for key in found}


def _put(pipeline: Pipeline, home: Tenant, key: Key, digest: str) -> None:
    pipeline.hset(KEYS, digest, write_key(key))
    pipeline.hset(KEYS_OF + home, key.id, digest)


def _forget(pipeline: Pipeline, home: Tenant, key_id: KeyId) -> None:
    pipeline.hdel(KEYS_OF + home, key_id)
    pipeline.hdel(USED, key_id)


def _is_document(value: str) -> bool:
    """Return whether it is a key's document, and not the bare tenant of an earlier release."""
    return value.startswith("{")


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
