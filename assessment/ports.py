"""What service and worker both need from the outside world.

Each port has a real implementation in `adapters` and one in `adapters.memory`;
`tests/ports` runs the same tests against both.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from assessment.assessment import Assessment, AssessmentId, Progress, Status, Tenant

Clock = Callable[[], datetime]


class Records(Protocol):
    """The record of every assessment, and the outbox of what must be told.

    The time that leases are measured by is the store's own. Every method may
    raise `StoreUnavailable`.
    """

    def add(self, assessment: Assessment, *, look_again_s: float) -> None:
        """Store a new assessment, and have it looked at again after a while."""
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
        ago is not taken away. In the same step a final assessment that wants to `notify`
        gets its outbox entry, and one that is not final is looked at again after `look_again_s`.
        """
        ...

    def renew(self, assessment: Assessment, progress: Progress, *, lease_s: float) -> None:
        """Extend the lease and note the progress, or raise `Stale` when it was taken away."""
        ...

    def due(self, limit: int) -> Sequence[AssessmentId]:
        """Return assessments whose time to be looked at has come."""
        ...

    def postpone(self, assessment: Assessment, *, look_again_s: float) -> None:
        """Look at the assessment again later, if it is still at its step and due."""
        ...

    def erase(self, assessment: Assessment) -> None:
        """Forget the assessment; `get` raises `Gone` from now on."""
        ...

    def position(self, assessment: Assessment) -> int | None:
        """Return how many assessments are ahead in the queue, or None when it does not wait."""
        ...

    def counts(self) -> Mapping[Status, int]:
        """Return how many assessments are queued and processing."""
        ...


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to a callback; `attempts` includes the one that begins now."""

    event_id: str
    assessment_id: AssessmentId
    attempts: int


class Outbox(Protocol):
    """Events that have not been delivered. Written by `Records.save` only."""

    def take(self, *, lease_s: float) -> Delivery | None:
        """Return a due event and hide it from other senders for a while."""
        ...

    def retry(self, delivery: Delivery, *, after_s: float) -> None:
        """Have the event delivered again later."""
        ...

    def close(self, delivery: Delivery) -> None:
        """Forget the event: it was delivered, or every try is used up."""
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


class Keys(Protocol):
    """Who may call. Keys are kept as SHA-256 hashes only."""

    def configure(self, key: str, tenant: Tenant) -> None:
        """Let the key of the settings speak for the tenant, instead of the one before it."""
        ...

    def tenant_of(self, key: str) -> Tenant:
        """Return whose key it is, or raise `Unauthenticated`."""
        ...


class Roster(Protocol):
    """Which workers are alive, and which networks they can reach."""

    def sign_in(self, worker: str, models: Mapping[str, str], *, for_s: float) -> None:
        """Note that the worker is alive and reaches the models (name to SHA-256)."""
        ...

    def present(self) -> Mapping[str, Mapping[str, str]]:
        """Return the models of every worker that signed in lately."""
        ...
