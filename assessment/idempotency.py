"""What is remembered of an Idempotency-Key: a mark that one request at a time may hold.

    take ──▶ held, with an assessment's id reserved ──▶ bind(fingerprint) ──▶ keep   for 24 h
                  │ the process dies: the lease ends, the next request takes it over
                  └ the request fails: release

The id is chosen when a key comes first and stays through a take-over. So whoever goes on
where a process died finds, by its id, whether the assessment came to be.
"""

from dataclasses import dataclass
from typing import Final, Protocol

from assessment.assessment import AssessmentId

KEPT_S: Final = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Mark:
    """What is known of a key.

    `assessment_id` is reserved for it; `fingerprint` is that of the request that came with
    it, empty until the body was read; `kept` says that this request was answered.
    """

    assessment_id: AssessmentId
    fingerprint: str = ""
    kept: bool = False


class Marks(Protocol):
    """Marks by name. Names and fingerprints are keyed hashes; holders are random."""

    def take(self, name: str, holder: str, fresh: AssessmentId, *, lease_s: float) -> Mark:
        """Return the mark that is kept, or take it; a new one reserves the id `fresh`.

        Raises `IdempotencyInFlight` while somebody else holds it.
        """
        ...

    def renew(self, name: str, holder: str, *, lease_s: float) -> None:
        """Hold it longer, or raise `IdempotencyInFlight` when it was taken over."""
        ...

    def bind(self, name: str, holder: str, fingerprint: str, *, lease_s: float) -> None:
        """Note what the key is used for, or raise `IdempotencyInFlight`; holds it longer."""
        ...

    def keep(self, name: str, holder: str) -> None:
        """Keep it for 24 hours from now; harmless when it was taken over."""
        ...

    def release(self, name: str, holder: str) -> None:
        """Forget it unless it is kept or was taken over, so that the key can be used again."""
        ...
