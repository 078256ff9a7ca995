"""Feedback: the total that a questionnaire gave for the person of an assessment.

It is kept apart from the assessment, with what was estimated of that person's severity, so that
estimates and totals can be compared when the results are long erased. It never goes into the
store, the broker, logs or webhooks.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol

from assessment.assessment import AssessmentId, Tenant


class Instrument(StrEnum):
    """A questionnaire whose total can be told."""

    BDI_II = "bdi_ii"
    """Beck Depression Inventory, second edition (Beck et al. 1996), 0 to 63."""
    PHQ_9 = "phq_9"
    """Patient Health Questionnaire, nine items (Kroenke et al. 2001), 0 to 27."""


HIGHEST: Final[Mapping[Instrument, int]] = {Instrument.BDI_II: 63, Instrument.PHQ_9: 27}
"""The highest total of each; the lowest is 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What one network had reported, on the 0-63 scale; without calibration no interval."""

    model: str
    version: str
    sha256: str
    demonstration: bool
    point: float
    low: float | None = None
    high: float | None = None
    level: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """One total of one assessment; at most one an instrument, the last one that was sent."""

    assessment_id: AssessmentId
    tenant: Tenant
    instrument: Instrument
    total: int
    obtained_at: datetime
    """When the person filled it in, as the platform states it."""
    received_at: datetime
    assessed_at: datetime
    """When the assessment was created."""
    reported: tuple[Reported, ...] = ()

    def erase_at(self, ttl_s: int) -> datetime:
        """Return when it is erased, if it is kept for so many seconds."""
        return self.received_at + timedelta(seconds=ttl_s)

    def to_json(self) -> bytes:
        """Return the feedback as the bytes of its file."""
        times = ("obtained_at", "received_at", "assessed_at")
        written = asdict(self) | {name: getattr(self, name).isoformat() for name in times}
        return json.dumps(written, sort_keys=True).encode()

    @classmethod
    def from_json(cls, content: bytes) -> "Feedback":
        """Return the feedback that `to_json` wrote."""
        raw: dict[str, Any] = json.loads(content)
        return cls(
            assessment_id=AssessmentId(raw["assessment_id"]),
            tenant=Tenant(raw["tenant"]),
            instrument=Instrument(raw["instrument"]),
            total=raw["total"],
            obtained_at=datetime.fromisoformat(raw["obtained_at"]),
            received_at=datetime.fromisoformat(raw["received_at"]),
            assessed_at=datetime.fromisoformat(raw["assessed_at"]),
            reported=tuple(Reported(**one) for one in raw["reported"]),
        )


class FeedbackStore(Protocol):
    """Feedback by assessment and instrument, apart from records and blobs."""

    def put(self, feedback: Feedback) -> bool:
        """Keep it instead of the one before; return whether there was none before."""
        ...

    def of(self, assessment_id: AssessmentId) -> Sequence[Feedback]:
        """Return the assessment's feedback, by the names of the instruments."""
        ...

    def erase(self, assessment_id: AssessmentId) -> bool:
        """Erase the assessment's feedback; return whether there was any."""
        ...

    def remove(self, feedback: Feedback) -> None:
        """Erase one; erasing twice is harmless."""
        ...

    def all(self) -> Iterator[Feedback]:
        """Yield everything that is kept; what is erased meanwhile is left out."""
        ...

    def erase_damaged(self, until: datetime) -> int:
        """Erase what was written until then and cannot be read; return how much there was."""
        ...


def reported_by(result: Mapping[str, Any]) -> tuple[Reported, ...]:
    """Return what the networks of a result say of severity; nothing where it was withheld."""
    weights = {one["name"]: one for one in result["provenance"]["models"]}
    return tuple(_reported(one, weights[one["model"]]) for one in result["severity"] or ())


def _reported(estimate: Mapping[str, Any], weights: Mapping[str, Any]) -> Reported:
    interval: Mapping[str, float] = estimate["interval"] or {}
    return Reported(
        model=estimate["model"],
        version=weights["version"],
        sha256=weights["sha256"],
        demonstration=estimate["demonstration"],
        point=estimate["point"],
        low=interval.get("low"),
        high=interval.get("high"),
        level=interval.get("level"),
    )
