"""Where an assessment stands: what is told to whoever follows it, and no more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, Self

from assessment.assessment import Assessment, AssessmentId, Outcome, Progress, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One assessment's status, progress and place in the queue; `since` is when it came there."""

    status: Status
    outcome: Outcome | None
    attempt: int
    progress: Progress
    since: datetime
    queue_position: int | None

    @classmethod
    def of(cls, assessment: Assessment, queue_position: int | None) -> Self:
        """Return where the assessment stands."""
        return cls(
            status=assessment.status,
            outcome=assessment.outcome,
            attempt=assessment.attempt,
            progress=assessment.progress,
            since=assessment.updated_at,
            queue_position=queue_position,
        )


class Standings(Protocol):
    """Many assessments at a glance. May raise `StoreUnavailable`."""

    def look(self, ids: Sequence[AssessmentId]) -> Mapping[AssessmentId, Standing]:
        """Return where each stands; one that is gone is left out."""
        ...
