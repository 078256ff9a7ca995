"""What service and worker both need from the outside world.

Each port has a real implementation in `adapters` and one in `adapters.memory`;
`tests/ports` runs the same tests against both.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from assessment.assessment import Assessment, AssessmentId, Progress, Status
from assessment.fitness import Unfit

Clock = Callable[[], datetime]
"""Returns the time, in UTC and with its zone."""


class Records(Protocol):
    """The record of every assessment, and the outbox of what must be told.

    The time that leases are measured by is the store's own. Every method may
    raise `StoreUnavailable`.
    """

    def add(
        self, assessment: Assessment, *, look_again_s: float, reference: str | None = None
    ) -> None:
        """Store a new assessment, list it, and have it looked at again after a while.

        `reference` is the keyed digest of the caller's reference, under which it is listed too.
        """
        ...

    def get(self, assessment_id: AssessmentId) -> Assessment:
        """Return the assessment, or raise `NotFound` or `Gone`."""
        ...

    def save(
        self,
        assessment: Assessment,
        *,
        was: Assessment,
        look_again_s: float,
        only_if_due: bool = False,
    ) -> None:
        """Replace the stored assessment if it is still at `was.step`, else raise `Stale`.

        With `only_if_due` its time must have come, too: a lease that was renewed a moment
        ago is not taken away. In the same step a final assessment gets its outbox entry,
        whoever ends it, and one that is not final is looked at again after `look_again_s`.
        """
        ...

    def renew(self, assessment: Assessment, progress: Progress, *, lease_s: float) -> None:
        """Extend the lease and note the progress, or raise `Stale` when it was taken away."""
        ...

    def note_erased(self, assessment_id: AssessmentId, *, at: datetime) -> None:
        """Note when the recording was erased; the first note counts, and none after deletion."""
        ...

    def due(self, limit: int) -> Sequence[AssessmentId]:
        """Return assessments whose time to be looked at has come."""
        ...

    def postpone(self, assessment: Assessment, *, look_again_s: float) -> None:
        """Look at the assessment again later, if it is still at its step and due."""
        ...

    def erase(self, assessment: Assessment) -> None:
        """Forget the assessment and its deliveries; `get` raises `Gone` from now on."""
        ...

    def position(self, assessment: Assessment) -> int | None:
        """Return how many assessments are ahead in the queue, or None when it does not wait."""
        ...

    def counts(self) -> Mapping[Status, int]:
        """Return how many assessments are queued and processing."""
        ...


@dataclass(frozen=True, slots=True)
class Ending:
    """An assessment's end that is to be told; `sequence` counts the endings of its tenant."""

    event_id: str
    assessment_id: AssessmentId
    sequence: int


class Outbox(Protocol):
    """Endings that have not become deliveries yet. Written by `Records.save` only."""

    def take(self, *, lease_s: float) -> Ending | None:
        """Return an ending and hide it from other senders for a while."""
        ...

    def close(self, ending: Ending) -> None:
        """Forget the ending: there is a delivery for each of its targets."""
        ...


class Blobs(Protocol):
    """Recordings, requests and results, by assessment and name."""

    def put(self, assessment_id: AssessmentId, name: str, content: bytes) -> None:
        """Store the content whole or not at all."""
        ...

    def get(self, assessment_id: AssessmentId, name: str) -> bytes | None:
        """Return the content, or None when there is none."""
        ...

    def path(self, assessment_id: AssessmentId, name: str) -> Path | None:
        """Return a local path to the content, or None when there is none."""
        ...

    def adopt(self, assessment_id: AssessmentId, name: str, staged: Path) -> None:
        """Move a staged file, already synced, to its place in one step."""
        ...

    def remove(self, assessment_id: AssessmentId, name: str) -> None:
        """Erase one blob; erasing twice is harmless."""
        ...

    def erase(self, assessment_id: AssessmentId) -> Sequence[str]:
        """Erase all blobs of the assessment and return their names."""
        ...

    def stored(self) -> Sequence[AssessmentId]:
        """Return every assessment that has a blob."""
        ...

    def age_s(self, assessment_id: AssessmentId) -> float:
        """Return the seconds since the assessment's blobs last changed."""
        ...


class Queue(Protocol):
    """The way from the service to the workers. A hint: the record is the truth."""

    def submit(self, assessment_id: AssessmentId) -> None:
        """Ask a worker to run the assessment; asking twice, or in vain, is harmless."""
        ...


class Roster(Protocol):
    """Which workers are alive, and which networks they can reach."""

    def sign_in(
        self, worker: str, models: Mapping[str, str], *, for_s: float, unfit: Sequence[Unfit] = ()
    ) -> None:
        """Note that the worker is alive and scores with the models (name to SHA-256).

        `unfit` says which ones it does not score with, and why.
        """
        ...

    def present(self) -> Mapping[str, Mapping[str, str]]:
        """Return the models of every worker that signed in lately."""
        ...

    def unfit(self) -> Mapping[str, Sequence[Unfit]]:
        """Return what the workers that signed in lately do not score with, by worker."""
        ...
