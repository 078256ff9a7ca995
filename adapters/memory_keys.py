"""The port `Keys` in memory, for tests of what uses it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assessment import key_rules
from assessment.access import EVERY_SCOPE, Caller, Issued, Key, KeyId, KeyOrder, Scope, home_of
from assessment.access_faults import Unauthenticated
from assessment.assessment import Tenant
from assessment.key_rules import Change
from assessment.ports import Clock


@dataclass
class MemoryKeys:
    """Keys as they are: memory is not a place where they rest."""

    tenants: dict[str, Tenant] = field(default_factory=dict)
    """Keys with every scope, of which nothing else is known."""
    clock: Clock = field(kw_only=True)
    known: dict[str, Key] = field(default_factory=dict)
    configured: str = ""

    def configure(self, key: str, tenant: Tenant) -> None:
        """Let the key speak for the tenant, instead of the one before it."""
        if key != self.configured:
            self.known.pop(self.configured, None)
            self.known[key] = key_rules.settings_key(key, tenant, self.clock())
            self.configured = key

    def grant(self, key: str, tenant: Tenant, *scopes: Scope) -> None:
        """Let a key of the test's choice in."""
        made = key_rules.new_key(
            KeyOrder(tenant=tenant, name="granted", scopes=frozenset(scopes)), self.clock()
        )
        self.known[key] = made.key

    def caller_of(self, key: str) -> Caller:
        """Return who calls, or raise `Unauthenticated`."""
        if key in self.tenants:
            return Caller(KeyId(f"key_{key}"), self.tenants[key], EVERY_SCOPE)
        if key not in self.known:
            raise Unauthenticated("unknown key")
        now, found = self.clock(), self.known[key]
        if found.ended(now):
            raise Unauthenticated("expired key")
        used = found.last_used_at
        if used is None or (now - used).total_seconds() >= 60:
            self.known[key] = replace(found, last_used_at=now)
        return found.caller

    def issue(self, order: KeyOrder) -> Issued:
        """Make a key, or raise `TooManyKeys`."""
        book = self._book(home_of(order.tenant))
        return self._apply(key_rules.issue(book, order, self.clock()))

    def list(self, home: Tenant) -> Sequence[Key]:
        """Return the keys that were not revoked, the oldest first."""
        return sorted(self._book(home).values(), key=lambda key: (key.created_at, key.id))

    def rotate(self, home: Tenant, key_id: KeyId, *, overlap_s: int) -> Issued:
        """Make a key like this one, which ends after the overlap."""
        return self._apply(key_rules.rotate(self._book(home), key_id, overlap_s, self.clock()))

    def revoke(self, home: Tenant, key_id: KeyId, *, keep_an_admin: bool) -> Key:
        """End a key at once and forget it."""
        book = self._book(home)
        change = key_rules.revoke(book, key_id, self.clock(), keep_an_admin=keep_an_admin)
        self._write(change)
        return book[key_id]

    def _book(self, home: Tenant) -> dict[KeyId, Key]:
        return {key.id: key for key in self.known.values() if home_of(key.tenant) == home}

    def _apply(self, change: Change) -> Issued:
        self._write(change)
        assert change.issued is not None
        return change.issued

    def _write(self, change: Change) -> None:
        secrets = {key.id: secret for secret, key in self.known.items()}
        for key_id in change.drop:
            del self.known[secrets[key_id]]
        for key in change.put:
            new = change.issued.secret if change.issued else ""
            self.known[secrets.get(key.id, new)] = key
