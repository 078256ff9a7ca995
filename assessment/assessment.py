"""An assessment: one recording on its way to a result.

    queued ──▶ processing ──▶ succeeded    with an outcome: reported | withheld
      │ ▲        │   │  └───▶ failed       with a fault's code
      │ └────────┘   │
      └──────┬───────┘
             ▼
          canceled, expired

An assessment's status changes in `Assessment.to` and nowhere else. `attempt`
counts claims and is the fence: who writes must have seen the status and the
attempt that are stored. `crashes` counts claims whose worker vanished.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NewType

from assessment.faults import IllegalTransition

AssessmentId = NewType("AssessmentId", str)
"""`asm_` and 32 hexadecimal digits."""
Tenant = NewType("Tenant", str)
"""Whose an assessment is; its sandbox is a tenant of its own (`assessment.access`)."""

ID_PATTERN: Final = re.compile(r"asm_[0-9a-f]{32}")
"""128 random bits: an id says nothing about when or for whom it was made."""


class Status(StrEnum):
    """Where an assessment is."""

    QUEUED = "queued"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"
    EXPIRED = "expired"

    @property
    def final(self) -> bool:
        """Whether no further change is possible."""
        return not TRANSITIONS[self]


class Outcome(StrEnum):
    """What a finished assessment says: numbers, or why there are none."""

    REPORTED = "reported"
    WITHHELD = "withheld"


class Stage(StrEnum):
    """What a worker is doing with an assessment."""

    QUEUED = "queued"
    STARTING = "starting"
    FETCHING = "fetching"
    SCORING = "scoring"
    AGGREGATING = "aggregating"
    DONE = "done"


TRANSITIONS: Final[Mapping[Status, frozenset[Status]]] = {
    Status.QUEUED: frozenset({Status.PROCESSING, Status.CANCELED, Status.EXPIRED, Status.FAILED}),
    Status.PROCESSING: frozenset(
        {Status.QUEUED, Status.SUCCEEDED, Status.FAILED, Status.CANCELED, Status.EXPIRED}
    ),
    Status.SUCCEEDED: frozenset(),
    Status.FAILED: frozenset(),
    Status.CANCELED: frozenset(),
    Status.EXPIRED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a worker has come; `percent` is 0 to 100 of the whole assessment."""

    stage: Stage = Stage.QUEUED
    percent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """One recording, its status, how often it was tried, and what ended it.

    It holds no patient data: the request, the recording and the result are blobs.
    `expires_at` is its deadline; once it has ended it is kept for `erase_after_s`.
    `recording_erased_at` and `progress` are noted beside the steps, not by them.
    """

    id: AssessmentId
    tenant: Tenant
    created_at: datetime
    updated_at: datetime
    status: Status = Status.QUEUED
    outcome: Outcome | None = None
    fault: str | None = None
    attempt: int = 0
    crashes: int = 0
    expires_at: datetime | None = None
    erase_after_s: int | None = None
    ended_at: datetime | None = None
    recording_erased_at: datetime | None = None
    progress: Progress = Progress()

    @property
    def step(self) -> tuple[Status, int]:
        """What a writer must have seen; the attempt fences off a worker given up for dead."""
        return self.status, self.attempt

    @property
    def erase_at(self) -> datetime | None:
        """When all of it is erased; None before its end, or when nobody said for how long."""
        if self.ended_at is None or self.erase_after_s is None:
            return None
        return self.ended_at + timedelta(seconds=self.erase_after_s)

    def overdue(self, now: datetime) -> bool:
        """Whether its deadline has passed before its end."""
        return not self.status.final and self.expires_at is not None and self.expires_at <= now

    def outlived(self, now: datetime) -> bool:
        """Whether the time for which it was to be kept is over."""
        return self.erase_at is not None and self.erase_at <= now

    def to(
        self,
        status: Status,
        *,
        at: datetime,
        outcome: Outcome | None = None,
        fault: str | None = None,
        crashed: bool = False,
    ) -> "Assessment":
        """Return the assessment in its next status, or raise `IllegalTransition`."""
        if status not in TRANSITIONS[self.status]:
            raise IllegalTransition(f"an assessment that is {self.status} cannot become {status}")
        return replace(
            self,
            status=status,
            outcome=outcome,
            fault=fault,
            attempt=self.attempt + (status is Status.PROCESSING),
            crashes=self.crashes + crashed,
            ended_at=at if status.final else None,
            progress=_progress_on_entering(status),
            updated_at=at,
        )


def _progress_on_entering(status: Status) -> Progress:
    if status.final:
        return Progress(Stage.DONE, 100)
    return Progress(Stage.STARTING if status is Status.PROCESSING else Stage.QUEUED, 0)
