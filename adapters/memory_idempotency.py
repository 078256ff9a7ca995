"""Marks of Idempotency-Keys in memory, for tests of what uses them."""

from dataclasses import dataclass, field, replace
from threading import Lock

from assessment.assessment import AssessmentId
from assessment.faults import IdempotencyInFlight
from assessment.idempotency import KEPT_S, Mark
from assessment.ports import Clock


@dataclass(frozen=True, slots=True)
class _Held:
    mark: Mark
    holder: str
    until: float
    forgotten_at: float


@dataclass
class MemoryMarks:
    """The port `Marks` in a dictionary; the clock is the store's time."""

    clock: Clock
    held: dict[str, _Held] = field(default_factory=dict[str, _Held])
    lock: Lock = field(default_factory=Lock)

    def _now(self) -> float:
        return self.clock().timestamp()

    def _find(self, name: str) -> _Held | None:
        found = self.held.get(name)
        return found if found is not None and found.forgotten_at > self._now() else None

    def take(self, name: str, holder: str, fresh: AssessmentId, *, lease_s: float) -> Mark:
        """Return the mark that is kept, or take it."""
        with self.lock:
            found, now = self._find(name), self._now()
            if found is not None and found.mark.kept:
                return found.mark
            if found is not None and found.holder != holder and found.until > now:
                raise IdempotencyInFlight
            mark = found.mark if found is not None else Mark(fresh)
            self.held[name] = _Held(mark, holder, now + lease_s, now + KEPT_S)
            return mark

    def renew(self, name: str, holder: str, *, lease_s: float) -> None:
        """Hold it longer, or raise `IdempotencyInFlight` when it was taken over."""
        self.bind(name, holder, "", lease_s=lease_s)

    def bind(self, name: str, holder: str, fingerprint: str, *, lease_s: float) -> None:
        """Note what the key is used for, or raise `IdempotencyInFlight`."""
        with self.lock:
            found = self._find(name)
            if found is None or found.holder != holder or found.mark.kept:
                raise IdempotencyInFlight
            mark = replace(found.mark, fingerprint=fingerprint or found.mark.fingerprint)
            self.held[name] = replace(found, mark=mark, until=self._now() + lease_s)

    def keep(self, name: str, holder: str) -> None:
        """Keep it for 24 hours from now."""
        with self.lock:
            found = self._find(name)
            if found is not None and found.holder == holder:
                kept = replace(found.mark, kept=True)
                self.held[name] = replace(found, mark=kept, forgotten_at=self._now() + KEPT_S)

    def release(self, name: str, holder: str) -> None:
        """Forget it unless it is kept or was taken over."""
        with self.lock:
            found = self._find(name)
            if found is not None and found.holder == holder and not found.mark.kept:
                del self.held[name]
