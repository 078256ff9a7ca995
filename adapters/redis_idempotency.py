"""Marks of Idempotency-Keys in Redis.

mien:idempotency:NAME   hash: holder, until (the end of its lease), id, fingerprint, kept;
gone after 24 hours
"""

from typing import Final, cast

import redis

from adapters.redis_store import PREFIX, Scripts
from assessment.assessment import AssessmentId
from assessment.faults import IdempotencyInFlight
from assessment.idempotency import KEPT_S, Mark

MARK: Final = PREFIX + "idempotency:"


class RedisMarks:
    """The port `Marks` over Redis; every change is one script."""

    def __init__(self, client: "redis.Redis") -> None:
        self._run = Scripts(client, "idempotency.lua")

    def take(self, name: str, holder: str, fresh: AssessmentId, *, lease_s: float) -> Mark:
        """Return the mark that is kept, or take it."""
        taken = self._run("take", [MARK + name], holder, fresh, lease_s, round(KEPT_S))
        if taken is None:
            raise IdempotencyInFlight
        assessment_id, fingerprint, kept = cast("tuple[str, str, int]", taken)
        return Mark(AssessmentId(assessment_id), fingerprint, bool(kept))

    def renew(self, name: str, holder: str, *, lease_s: float) -> None:
        """Hold it longer, or raise `IdempotencyInFlight` when it was taken over."""
        self.bind(name, holder, "", lease_s=lease_s)

    def bind(self, name: str, holder: str, fingerprint: str, *, lease_s: float) -> None:
        """Note what the key is used for, or raise `IdempotencyInFlight`."""
        if not self._run("hold", [MARK + name], holder, lease_s, fingerprint):
            raise IdempotencyInFlight

    def keep(self, name: str, holder: str) -> None:
        """Keep it for 24 hours from now."""
        self._run("keep", [MARK + name], holder, round(KEPT_S))

    def release(self, name: str, holder: str) -> None:
        """Forget it unless it is kept or was taken over."""
        self._run("release", [MARK + name], holder)
