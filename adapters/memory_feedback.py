"""Feedback in memory, for tests of what uses it; `tests/ports` holds it to the folder."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from assessment.assessment import AssessmentId
from assessment.feedback import Feedback, Instrument

Key = tuple[AssessmentId, Instrument]


@dataclass
class MemoryFeedback:
    """Feedback in a dictionary."""

    kept: dict[Key, Feedback] = field(default_factory=dict[Key, Feedback])

    def put(self, feedback: Feedback) -> bool:
        """Keep it instead of the one before; return whether there was none before."""
        key = (feedback.assessment_id, feedback.instrument)
        new = key not in self.kept
        self.kept[key] = feedback
        return new

    def of(self, assessment_id: AssessmentId) -> Sequence[Feedback]:
        """Return the assessment's feedback, by the names of the instruments."""
        found = [one for (owner, _), one in self.kept.items() if owner == assessment_id]
        return sorted(found, key=lambda one: one.instrument)

    def erase(self, assessment_id: AssessmentId) -> bool:
        """Erase the assessment's feedback; return whether there was any."""
        gone = [key for key in self.kept if key[0] == assessment_id]
        for key in gone:
            del self.kept[key]
        return bool(gone)

    def remove(self, feedback: Feedback) -> None:
        """Erase one."""
        self.kept.pop((feedback.assessment_id, feedback.instrument), None)

    def all(self) -> Iterator[Feedback]:
        """Yield everything that is kept."""
        yield from list(self.kept.values())

    def erase_damaged(self, until: datetime) -> int:
        """Return 0: nothing is damaged here."""
        del until
        return 0
