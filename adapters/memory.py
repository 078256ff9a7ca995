"""Every port in memory, for tests of what uses them; `tests/ports` holds it to the real ones."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from adapters.memory_deliveries import MemoryDeliveries
from adapters.memory_steps import MemorySteps
from assessment.assessment import Assessment, AssessmentId, Progress, Status, Tenant
from assessment.events import event_id
from assessment.faults import Gone, NotFound, Stale
from assessment.fitness import Unfit
from assessment.ports import Clock, Ending


@dataclass
class MemoryRecords:
    """Records and outbox in dictionaries; the clock is the store's time."""

    clock: Clock
    stored: dict[AssessmentId, Assessment] = field(default_factory=dict)
    erased: dict[AssessmentId, Tenant] = field(default_factory=dict)
    references: dict[AssessmentId, str | None] = field(default_factory=dict)
    watch: dict[AssessmentId, float] = field(default_factory=dict)
    steps: MemorySteps = field(default_factory=MemorySteps)
    outbox: "MemoryOutbox" = field(init=False)
    deliveries: MemoryDeliveries = field(init=False)

    def __post_init__(self) -> None:
        self.outbox = MemoryOutbox(self.clock)
        self.deliveries = MemoryDeliveries(self.clock, self.stored.__contains__)

    def _now(self) -> float:
        return self.clock().timestamp()

    def add(
        self, assessment: Assessment, *, look_again_s: float, reference: str | None = None
    ) -> None:
        """Store a new assessment, and under which digest of a reference it is listed."""
        if assessment.id in self.stored or assessment.id in self.erased:
            return  # The same call again, after a lost answer.
        self.stored[assessment.id] = assessment
        self.references[assessment.id] = reference
        self.watch[assessment.id] = self._now() + look_again_s

    def get(self, assessment_id: AssessmentId) -> Assessment:
        """Return the assessment, or raise `NotFound` or `Gone`."""
        if assessment_id in self.erased:
            raise Gone(self.erased[assessment_id])
        if assessment_id not in self.stored:
            raise NotFound(assessment_id)
        return self.stored[assessment_id]

    def _require(self, was: Assessment) -> Assessment:
        stored = self.stored.get(was.id)
        if stored is None or stored.step != was.step:
            raise Stale(was.id)
        return stored

    def save(
        self,
        assessment: Assessment,
        *,
        was: Assessment,
        look_again_s: float,
        only_if_due: bool = False,
    ) -> None:
        """Replace the assessment if it is still at `was.step`, and due if that is asked."""
        noted = self._require(was).recording_erased_at
        if only_if_due and self.watch.get(was.id, 0.0) > self._now():
            raise Stale(was.id)
        self.stored[assessment.id] = replace(assessment, recording_erased_at=noted)
        if assessment.status.final:
            self.watch.pop(assessment.id, None)
            self.outbox.put(event_id(assessment), assessment)
        else:
            self.watch[assessment.id] = self._now() + look_again_s
        self.steps(assessment.id)

    def renew(self, assessment: Assessment, progress: Progress, *, lease_s: float) -> None:
        """Extend the lease and note the progress."""
        stored = self._require(assessment)
        self.stored[assessment.id] = replace(stored, progress=progress)
        self.watch[assessment.id] = self._now() + lease_s

    def note_erased(self, assessment_id: AssessmentId, *, at: datetime) -> None:
        """Note when the recording was erased; the first note counts."""
        stored = self.stored.get(assessment_id)
        if stored is not None and stored.recording_erased_at is None:
            self.stored[assessment_id] = replace(stored, recording_erased_at=at)

    def due(self, limit: int) -> Sequence[AssessmentId]:
        """Return assessments whose time has come, longest waiting first."""
        ready = sorted((at, key) for key, at in self.watch.items() if at <= self._now())
        return [key for _, key in ready[:limit]]

    def postpone(self, assessment: Assessment, *, look_again_s: float) -> None:
        """Look again later, if it is still at its step and due."""
        stored = self.stored.get(assessment.id)
        due = self.watch.get(assessment.id, self._now() + 1) <= self._now()
        if stored is not None and stored.step == assessment.step and due:
            self.watch[assessment.id] = self._now() + look_again_s

    def erase(self, assessment: Assessment) -> None:
        """Forget the assessment."""
        self.stored.pop(assessment.id, None)
        self.references.pop(assessment.id, None)
        self.watch.pop(assessment.id, None)
        self.erased[assessment.id] = assessment.tenant
        self.outbox.forget(assessment.id)
        self.deliveries.erase(assessment.id)
        self.steps(assessment.id)

    def position(self, assessment: Assessment) -> int | None:
        """Return how many queued assessments are older."""
        if assessment.status is not Status.QUEUED:
            return None
        queued = [one for one in self.stored.values() if one.status is Status.QUEUED]
        return sum(one.created_at < assessment.created_at for one in queued)

    def counts(self) -> Mapping[Status, int]:
        """Return how many assessments are queued and processing."""
        statuses = [one.status for one in self.stored.values()]
        return {status: statuses.count(status) for status in (Status.QUEUED, Status.PROCESSING)}


@dataclass
class MemoryOutbox:
    """Endings by id, and when each is due; how many each tenant has had."""

    clock: Clock
    events: dict[str, tuple[Ending, float]] = field(default_factory=dict)
    sequences: Counter[Tenant] = field(default_factory=Counter)

    def put(self, event: str, assessment: Assessment) -> None:
        """Add an ending that is due now."""
        self.sequences[assessment.tenant] += 1
        ending = Ending(event, assessment.id, self.sequences[assessment.tenant])
        self.events[event] = (ending, self.clock().timestamp())

    def take(self, *, lease_s: float) -> Ending | None:
        """Return an ending and hide it for a while."""
        now = self.clock().timestamp()
        for event, (ending, at) in self.events.items():
            if at <= now:
                self.events[event] = (ending, now + lease_s)
                return ending
        return None

    def close(self, ending: Ending) -> None:
        """Forget the ending."""
        self.events.pop(ending.event_id, None)

    def forget(self, assessment_id: AssessmentId) -> None:
        """Forget the ending of the assessment."""
        events = self.events.items()
        self.events = {key: one for key, one in events if one[0].assessment_id != assessment_id}


@dataclass
class MemoryQueue:
    """Remembers what was submitted."""

    submitted: list[AssessmentId] = field(default_factory=list)

    def submit(self, assessment_id: AssessmentId) -> None:
        """Ask a worker to run the assessment."""
        self.submitted.append(assessment_id)


@dataclass
class MemoryRoster:
    """Workers that signed in, with the time until which that holds."""

    clock: Clock
    workers: dict[str, tuple[float, Mapping[str, str]]] = field(default_factory=dict)
    reasons: dict[str, Sequence[Unfit]] = field(default_factory=dict)

    def sign_in(
        self, worker: str, models: Mapping[str, str], *, for_s: float, unfit: Sequence[Unfit] = ()
    ) -> None:
        """Note that the worker is alive, what it scores with, and what not."""
        self.workers[worker] = (self.clock().timestamp() + for_s, models)
        self.reasons[worker] = tuple(unfit)

    def present(self) -> Mapping[str, Mapping[str, str]]:
        """Return the models of every worker that signed in lately."""
        now = self.clock().timestamp()
        return {name: models for name, (until, models) in self.workers.items() if until > now}

    def unfit(self) -> Mapping[str, Sequence[Unfit]]:
        """Return what the workers that signed in lately do not score with, by worker."""
        return {name: self.reasons[name] for name in self.present() if self.reasons[name]}
