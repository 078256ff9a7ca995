"""The frame ledger: every sampled frame is used, or rejected for one named reason.

    sampled = used + sum(rejected)

Reasons are named after ISO/IEC 29794-5 face image quality components where one fits.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What became of a sampled frame."""

    USED = "used"
    NO_FACE = "no_face"
    TOO_SMALL = "too_small"
    BLURRED = "blurred"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    LOW_CONTRAST = "low_contrast"
    TURNED_AWAY = "turned_away"
    OCCLUDED = "occluded"
    OTHER_PERSON = "other_person"
    UNDECODABLE = "undecodable"


REJECTIONS = tuple(verdict for verdict in Verdict if verdict is not Verdict.USED)


@dataclass(frozen=True, slots=True)
class Ledger:
    """How many frames were sampled, used, and rejected for each reason."""

    sampled: int
    used: int
    rejected: dict[str, int]

    @classmethod
    def of(cls, verdicts: Iterable[Verdict]) -> "Ledger":
        """Count the verdicts."""
        counts = Counter(verdicts)
        return cls(
            sampled=counts.total(),
            used=counts[Verdict.USED],
            rejected={reason.value: counts[reason] for reason in REJECTIONS},
        )

    @property
    def commonest_rejection(self) -> Verdict | None:
        """The reason that cost most frames, or None when none was rejected."""
        reason, count = max(self.rejected.items(), key=lambda item: item[1])
        return Verdict(reason) if count else None
