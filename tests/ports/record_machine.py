"""Assessments under every mishap: a machine that Hypothesis drives, and what must always hold.

Each rule is one process at work, with the product's own code. At one call of a port, before it or
after, the process dies, or others come in between: another worker, a sweeper, a cancellation, an
erasure, an hour. On Redis a connection may be lost before a request or before its answer, too.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from assessment import blob_names
from assessment.assessment import Assessment, AssessmentId, Status
from assessment.events import event_id
from assessment.faults import Gone, IllegalTransition, NotFound, Stale
from assessment.listing import Wanted
from assessment.request import AssessmentRequest
from tests.conftest import Watch
from tests.ports.interruptions import Killed, Turn
from tests.ports.worlds import TENANT, Store, World, kept_of
from tests.samples import an_assessment

MOVED_ON = (Stale, IllegalTransition, NotFound, Gone)
ENDS = (
    "sandbox/withheld/no_face",
    "sandbox/failed/undecodable",
    "sandbox/slow",
    "sandbox/crash",
)
FAULTS = (None, "undecodable", "worker_crashed", "deadline_passed")
"""What may end an assessment here; an `internal_error` would be a bug that hides."""
MISHAPS = ("time", "dies", "cancel", "erase", "worker", "sweeper", "terms", "nothing")
CALLS, WHICH = st.integers(1, 14), st.integers(0, 2**16)


class Assessments(RuleBasedStateMachine):
    """The machine; a test gives it the store."""

    open_store: Callable[[Watch], Store]

    @initialize()
    def begin(self) -> None:
        watch = Watch()
        self.world = World(type(self).open_store(watch), watch)
        self.accepted: dict[AssessmentId, Assessment] = {}
        self.gone: set[AssessmentId] = set()
        self.told: list[str] = []

    # What happens.

    @rule(end=st.sampled_from(ENDS), limited=st.booleans(), again=st.booleans())
    def create(self, end: str, limited: bool, again: bool) -> None:
        now = self.world.watch()
        one = replace(
            an_assessment(len(self.accepted) + 1),
            tenant=TENANT,
            created_at=now,
            updated_at=now,
            expires_at=now + timedelta(seconds=90) if limited else None,
            erase_after_s=1200,
        )
        request = AssessmentRequest(reference=end, video_sha256="ab" * 32)
        self.world.blobs.put(one.id, blob_names.REQUEST, request.to_json())
        self.world.blobs.put(one.id, blob_names.VIDEO, b"a recording")
        self.world.store.records.add(one, look_again_s=30)
        self.accepted[one.id] = one
        if again:  # A client whose answer was lost, while a worker was quick.
            self.as_process(lambda: self.world.runner().run(one.id))
            self.world.store.records.add(one, look_again_s=30)

    @precondition(lambda self: self.accepted)
    @rule(which=WHICH, mishap=st.sampled_from(MISHAPS), call=CALLS, after=st.booleans())
    def work(self, which: int, mishap: str, call: int, after: bool) -> None:
        turn = self.turn(which, mishap, call, after=after)
        self.as_process(lambda: self.world.runner(turn).run(self.chosen(which)))

    @precondition(lambda self: self.accepted)
    @rule(which=WHICH, call=st.integers(3, 14), after=st.booleans())
    def work_after_it_was_given_up(self, which: int, call: int, after: bool) -> None:
        """Let others finish an assessment in the middle of a worker's work, which then goes on."""
        self.work(which, "time", call, after)

    @precondition(lambda self: self.accepted)
    @rule(which=WHICH)
    def work_and_stop(self, which: int) -> None:
        """Have a worker that is asked to stop hand its work back."""
        self.as_process(lambda: self.world.runner(stops=True).run(self.chosen(which)))

    @rule(which=WHICH, mishap=st.sampled_from(MISHAPS), call=CALLS, after=st.booleans())
    def sweep(self, which: int, mishap: str, call: int, after: bool) -> None:
        sweeper = self.world.sweeper(self.turn(which, mishap, call, after=after))
        self.as_process(sweeper.sweep)
        self.as_process(sweeper.erase_leftovers)

    @rule(which=WHICH, mishap=st.sampled_from(MISHAPS), call=CALLS, after=st.booleans())
    def hold_to_terms(self, which: int, mishap: str, call: int, after: bool) -> None:
        self.as_process(self.world.terms(self.turn(which, mishap, call, after=after)).hold)

    @precondition(lambda self: self.accepted)
    @rule(which=WHICH, mishap=st.sampled_from(MISHAPS), call=CALLS, after=st.booleans())
    def cancel(self, which: int, mishap: str, call: int, after: bool) -> None:
        stopper = self.world.stopper(self.turn(which, mishap, call, after=after))
        self.as_process(lambda: stopper.cancel(self.world.store.records.get(self.chosen(which))))

    @precondition(lambda self: self.accepted)
    @rule(which=WHICH, mishap=st.sampled_from(MISHAPS), call=CALLS, after=st.booleans())
    def erase(self, which: int, mishap: str, call: int, after: bool) -> None:
        archive = self.world.archive(self.turn(which, mishap, call, after=after))
        self.as_process(lambda: archive.erase(archive.find(TENANT, self.chosen(which))))

    @rule(seconds=st.sampled_from((1.0, 31.0, 700.0)))
    def time_passes(self, seconds: float) -> None:
        self.world.store.go_on(seconds)

    @rule(dies=st.booleans())
    def tell(self, dies: bool) -> None:
        """Send what is in the outbox, and die before it is noted."""
        ending = self.world.store.outbox.take(lease_s=30)
        if ending is not None and not dies:
            self.world.store.outbox.close(ending)
            self.told.append(ending.event_id)

    @rule(what=st.sampled_from(("request", "answer")))
    def lose_connection(self, what: str) -> None:
        self.world.store.lose(what)

    # How it happens.

    def chosen(self, which: int) -> AssessmentId:
        """Return an assessment, one that has not ended where there is one."""
        going_on = [one.id for one in self.accepted.values() if not one.status.final]
        among = [one for one in going_on if one not in self.gone] or list(self.accepted)
        return among[which % len(among)]

    def turn(self, which: int, mishap: str, call: int, *, after: bool) -> Turn:
        """Return the turn at which the mishap comes; others do their work without one."""
        others: dict[str, Callable[[], None]] = {
            "dies": self.die,
            "worker": lambda: self.work(which, "nothing", 1, False),
            "sweeper": lambda: self.sweep(which, "nothing", 1, False),
            "terms": lambda: self.hold_to_terms(which, "nothing", 1, False),
            "cancel": lambda: self.cancel(which, "nothing", 1, False),
            "erase": lambda: self.erase(which, "nothing", 1, False),
            "time": self.lose_the_lease,
        }
        return Turn(call, after, others.get(mishap if self.accepted else "dies"))

    def die(self) -> None:
        raise Killed

    def lose_the_lease(self) -> None:
        """Let a worker be given up for dead, and another one finish its work."""
        self.world.store.go_on(31)
        self.world.sweeper().sweep()
        self.work_on_all()

    def work_on_all(self) -> None:
        for one in list(self.accepted):
            self.as_process(lambda one=one: self.world.runner().run(one))

    def as_process(self, work: Callable[[], object]) -> None:
        """Do the work of one process; that it dies or comes too late is nobody's fault."""
        try:
            work()
        except (Killed, *MOVED_ON):
            return

    # What always holds.

    def stored(self) -> dict[AssessmentId, Assessment]:
        found: dict[AssessmentId, Assessment] = {}
        for one in self.accepted:
            try:
                found[one] = self.world.store.records.get(one)
            except Gone:
                self.gone.add(one)
        return found

    @invariant()
    def none_is_lost_and_none_goes_back(self) -> None:
        stored = self.stored()
        assert set(stored) | self.gone == set(self.accepted)
        assert not set(stored) & self.gone, "it came back"
        for one, now in stored.items():
            was = self.accepted[one]
            assert now.attempt >= was.attempt
            assert now.crashes >= was.crashes
            assert now.attempt >= now.crashes
            assert now.fault in FAULTS, now.fault
            if was.status.final:
                assert now == replace(was, recording_erased_at=now.recording_erased_at)
            self.accepted[one] = now

    @invariant()
    def a_success_has_the_one_result_of_its_own_attempt(self) -> None:
        for one in self.stored().values():
            if one.status is Status.SUCCEEDED:
                kept = self.world.blobs.kept[one.id]
                assert blob_names.result_name(one.attempt) in kept
                assert blob_names.timeline_name(one.attempt) in kept

    @invariant()
    def the_indices_say_what_the_records_say(self) -> None:
        stored = self.stored()
        going_on = {one for one, now in stored.items() if not now.status.final}
        queued = {one for one in going_on if stored[one].status is Status.QUEUED}
        expected = {
            "watch": going_on,
            "queued": queued,
            "processing": going_on - queued,
            "deadlines": {one for one in going_on if stored[one].expires_at},
            "erasures": set(stored) - going_on,
        }
        for name, members in self.world.store.indices().items():
            assert name == "outbox" or members == expected[name], name
        for status in Status:
            page = self.world.store.listing.page(
                TENANT, Wanted(status=status), after=None, limit=99
            )
            listed = [item.assessment.id for item in page.items]
            assert sorted(listed) == [one for one in sorted(stored) if stored[one].status is status]

    @invariant()
    def every_end_is_told_once(self) -> None:
        assert len(set(self.told)) == len(self.told)
        waiting = self.world.store.indices()["outbox"]
        assert not waiting & set(self.told)
        known = waiting | set(self.told)
        owed = {event_id(one) for one in self.stored().values() if one.status.final}
        assert owed <= known
        assert len(known) == len({one.rpartition("_")[0] for one in known}), "two ends of one"

    def teardown(self) -> None:
        """Let everybody go on undisturbed: all of it must come to an end, and leave nothing."""
        if not hasattr(self, "world"):
            return
        for _ in range(6):
            self.world.store.go_on(31)
            self.world.sweeper().sweep()
            self.world.terms().hold()
            self.work_on_all()
        self.world.sweeper().erase_leftovers()
        for one, now in self.stored().items():
            assert now.status.final, now
            assert set(self.world.blobs.kept[one]) == kept_of(now)
        assert not self.gone & set(self.world.blobs.kept)
        self.every_end_is_told_once()
