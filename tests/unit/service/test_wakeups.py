"""Who waits for an assessment is woken by its steps, and would have slept on without."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from adapters.memory_steps import MemorySteps
from assessment.assessment import AssessmentId
from service.followers import Followers, Sight
from service.wakeups import Wakeups
from tests.samples import an_id
from tests.unit.service.test_event_stream import ENDED, OURS, SCORING, WAITING, seen

LONG_S = 120.0
SOON_S = 20.0


def listening(story: Callable[[Wakeups, MemorySteps], Awaitable[None]]) -> None:
    """Run the story while the service listens."""
    steps = MemorySteps()
    wakeups = Wakeups(steps)

    async def run() -> None:
        with wakeups.listening():
            await story(wakeups, steps)

    asyncio.run(run())
    assert steps.listeners == []


def test_a_step_that_another_thread_takes_wakes_who_waits_for_it_and_nobody_else():
    async def story(wakeups: Wakeups, steps: MemorySteps) -> None:
        ours, theirs = asyncio.Event(), asyncio.Event()
        with wakeups.waking(an_id(1), ours.set), wakeups.waking(an_id(2), theirs.set):
            await asyncio.to_thread(steps, an_id(1))
            await asyncio.wait_for(ours.wait(), SOON_S)
        assert not theirs.is_set()

    listening(story)


def test_who_has_stopped_waiting_is_not_woken():
    async def story(wakeups: Wakeups, steps: MemorySteps) -> None:
        first, second = asyncio.Event(), asyncio.Event()
        with wakeups.waking(an_id(), second.set):
            with wakeups.waking(an_id(), first.set):
                pass
            await asyncio.to_thread(steps, an_id())
            await asyncio.wait_for(second.wait(), SOON_S)
        assert not first.is_set()

    listening(story)


def test_a_step_before_or_after_the_service_ran_is_no_fault():
    steps = MemorySteps()
    wakeups = Wakeups(steps)

    wakeups.hear(an_id())
    listening(lambda _wakeups, _steps: asyncio.sleep(0))
    wakeups.hear(an_id())


def test_a_follower_is_told_of_a_step_long_before_the_next_beat():
    standings = {an_id(1): SCORING, an_id(2): WAITING}
    looks: list[Sequence[AssessmentId]] = []

    def look(ids: Sequence[AssessmentId]) -> dict[AssessmentId, Sight]:
        looks.append(ids)
        return {one: seen(standings[one]) for one in ids}

    async def story(wakeups: Wakeups, steps: MemorySteps) -> None:
        followers = Followers(look, beat_s=LONG_S, wakeups=wakeups)
        with followers.join(an_id(1), OURS) as one, followers.join(an_id(2), OURS) as other:
            await followers.begin(one)
            await followers.begin(other)
            standings[an_id(1)] = ENDED
            began = time.monotonic()
            await asyncio.to_thread(steps, an_id(1))
            assert await one.changed_within(SOON_S)
            assert time.monotonic() - began < SOON_S
            assert one.sight == seen(ENDED)
            assert other.sight == seen(WAITING)

    listening(story)

    assert looks == [[an_id(1)], [an_id(2)], [an_id(1)]]


def test_steps_that_come_all_the_time_do_not_put_off_the_beat():
    standings = {an_id(1): SCORING, an_id(2): WAITING}

    def look(ids: Sequence[AssessmentId]) -> dict[AssessmentId, Sight]:
        return {one: seen(standings[one]) for one in ids}

    async def story(wakeups: Wakeups, steps: MemorySteps) -> None:
        followers = Followers(look, beat_s=0.1, wakeups=wakeups)
        with followers.join(an_id(1), OURS) as one, followers.join(an_id(2), OURS) as other:
            await followers.begin(one)
            standings[an_id(2)] = ENDED
            async with asyncio.timeout(SOON_S):
                while other.sight != seen(ENDED):
                    steps(an_id(1))
                    await asyncio.sleep(0.005)

    listening(story)
