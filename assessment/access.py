"""Who may call, and for whom: tenants, their sandboxes, keys and scopes.

A live key (`sk_live_…`) of tenant T speaks for T. A test key (`sk_test_…`) of T speaks for
T's sandbox, a tenant of its own: what it makes is apart from what live keys make.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType, Protocol

from assessment.assessment import Tenant

KeyId = NewType("KeyId", str)
"""`key_` and 32 hexadecimal digits; names a key without telling it."""

SANDBOX: Final = "/sandbox"
"""Ends the name of a sandbox; no other tenant's name has a slash."""
LIVE_PREFIX: Final = "sk_live_"
TEST_PREFIX: Final = "sk_test_"


def is_sandbox(tenant: Tenant) -> bool:
    """Return whether the tenant is a sandbox."""
    return tenant.endswith(SANDBOX)


def sandbox_of(tenant: Tenant) -> Tenant:
    """Return the tenant's sandbox; a sandbox is its own."""
    return tenant if is_sandbox(tenant) else Tenant(tenant + SANDBOX)


def home_of(tenant: Tenant) -> Tenant:
    """Return the tenant that a sandbox belongs to; any other tenant is its own."""
    return Tenant(tenant.removesuffix(SANDBOX))


class Scope(StrEnum):
    """What a key allows."""

    CREATE = "create"
    READ = "read"
    ADMIN = "admin"


EVERY_SCOPE: Final = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request: by which key, for which tenant, with which scopes."""

    key_id: KeyId
    tenant: Tenant
    scopes: frozenset[Scope]

    def may(self, scope: Scope) -> bool:
        """Return whether the scope is held; `admin` implies the others."""
        return scope in self.scopes or Scope.ADMIN in self.scopes


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What is known of a key; the key itself is shown once and kept as a hash only."""

    id: KeyId
    tenant: Tenant
    """Whom it speaks for; a test key's is a sandbox."""
    name: str
    scopes: frozenset[Scope]
    hint: str
    """The last four characters."""
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    """To the minute."""
    replaced_by: KeyId | None = None
    """The key that a rotation made instead."""
    of_settings: bool = False
    """Whether the settings gave it; then only the settings can end it."""

    @property
    def live(self) -> bool:
        """Whether it is no test key."""
        return not is_sandbox(self.tenant)

    @property
    def caller(self) -> Caller:
        """Who calls with it."""
        return Caller(self.id, self.tenant, self.scopes)

    def ended(self, at: datetime) -> bool:
        """Return whether it has expired."""
        return self.expires_at is not None and self.expires_at <= at


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOrder:
    """A key that is asked for."""

    tenant: Tenant
    """Whom it shall speak for; a sandbox gets a test key."""
    name: str
    scopes: frozenset[Scope]
    expires_in_s: int | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """A new key, this once with what the caller has to send."""

    key: Key
    secret: str

    def __repr__(self) -> str:
        return f"Issued({self.key.id})"


class Keys(Protocol):
    """Who may call. Keys are kept as SHA-256 hashes only.

    Every method may raise `StoreUnavailable`. A `home` is a tenant without its sandbox;
    it owns the live keys and the test keys.
    """

    def configure(self, key: str, tenant: Tenant) -> None:
        """Let the key of the settings speak for the tenant, instead of the one before it."""
        ...

    def caller_of(self, key: str) -> Caller:
        """Return who calls, or raise `Unauthenticated`; its use is noted without delay to this."""
        ...

    def issue(self, order: KeyOrder) -> Issued:
        """Make a key, or raise `TooManyKeys`."""
        ...

    def list(self, home: Tenant) -> Sequence[Key]:
        """Return the keys that were not revoked, the oldest first."""
        ...

    def rotate(self, home: Tenant, key_id: KeyId, *, overlap_s: int) -> Issued:
        """Make a key like this one, which ends after the overlap.

        Raises `NoSuchKey`, `KeyOfSettings` or `TooManyKeys`.
        """
        ...

    def revoke(self, home: Tenant, key_id: KeyId, *, keep_an_admin: bool) -> Key:
        """End a key at once and forget it, or raise `NoSuchKey` or `KeyOfSettings`.

        With `keep_an_admin`, raise `LastAdminKey` where no key could manage keys afterwards.
        """
        ...
