"""Who follows which assessment, and who looks for them."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Semaphore

import pytest

from assessment.assessment import AssessmentId, Tenant
from assessment.faults import StoreUnavailable
from assessment.standing import Standing
from service.event_stream import frames
from service.faults import TooManyOwnStreams, TooManyStreams
from service.followers import Followers, Room, Sight
from tests.samples import an_id
from tests.unit.service.test_event_stream import (
    ENDED,
    OURS,
    PATIENCE_S,
    SCORING,
    WAITING,
    heard,
    seen,
    the_next,
    the_rest,
)


@dataclass
class Store:
    """What followers look at; it counts the looks, and fails when told."""

    standings: dict[AssessmentId, Standing]
    looks: list[list[AssessmentId]] = field(default_factory=list)
    fails: Exception | None = None
    failures: Semaphore = field(default_factory=lambda: Semaphore(0))

    def __call__(self, ids: Sequence[AssessmentId]) -> Mapping[AssessmentId, Sight]:
        self.looks.append(list(ids))
        if self.fails is not None:
            self.failures.release()
            raise self.fails
        return {one: seen(self.standings[one]) for one in ids if one in self.standings}


async def no_more_beats(followers: Followers) -> None:
    """Wait until nobody is looked for any more."""
    assert followers._beating is not None
    await asyncio.wait_for(followers._beating, PATIENCE_S)


def test_one_look_serves_every_follower_and_none_is_made_for_nobody():
    async def story(store: Store) -> None:
        followers = Followers(store, beat_s=0.02)
        with (
            followers.join(an_id(1), OURS) as one,
            followers.join(an_id(1), OURS),
            followers.join(an_id(2), OURS),
        ):
            await followers.begin(one)
            store.standings[an_id(1)] = ENDED
            assert await one.changed_within(PATIENCE_S)
            assert one.sight == seen(ENDED)
        count = len(store.looks)
        await no_more_beats(followers)
        assert len(store.looks) <= count + 1
        assert len(followers) == 0

    store = Store({an_id(1): SCORING, an_id(2): WAITING})
    asyncio.run(story(store))

    assert store.looks[0] == [an_id(1)]
    assert [an_id(1), an_id(2)] in store.looks
    assert all(len(set(ids)) == len(ids) for ids in store.looks)


def test_who_comes_after_everybody_left_is_looked_for_again():
    async def story(store: Store) -> None:
        followers = Followers(store, beat_s=0.02)
        for standing in (SCORING, ENDED):
            with followers.join(an_id(), OURS) as follower:
                await followers.begin(follower)
                store.standings[an_id()] = standing
                assert await follower.changed_within(PATIENCE_S)
            await no_more_beats(followers)

    asyncio.run(story(Store({an_id(): WAITING})))


def test_a_store_that_is_away_for_a_while_ends_no_stream():
    async def story(store: Store) -> None:
        followers = Followers(store, beat_s=0.02)
        with followers.join(an_id(), OURS) as follower:
            await followers.begin(follower)
            store.fails = StoreUnavailable("ConnectionError")
            for _ in range(3):  # By the third, the first two have been heard of.
                assert await asyncio.to_thread(store.failures.acquire, timeout=PATIENCE_S)
            assert not await follower.changed_within(0)
            store.standings[an_id()], store.fails = ENDED, None
            assert await follower.changed_within(PATIENCE_S)
            assert follower.sight == seen(ENDED)

    asyncio.run(story(Store({an_id(): SCORING})))


def test_a_bug_in_looking_ends_the_streams_instead_of_leaving_them_silent(
    caplog: pytest.LogCaptureFixture,
):
    async def story(store: Store) -> None:
        followers = Followers(store, beat_s=0.02)
        with followers.join(an_id(), OURS) as follower:
            await followers.begin(follower)
            store.fails = ZeroDivisionError()
            assert await follower.changed_within(PATIENCE_S)
            assert follower.closed

    asyncio.run(story(Store({an_id(): SCORING})))

    assert "following stopped" in caplog.text


def test_more_streams_than_the_most_are_refused_until_one_ends():
    followers = Followers(Store({}), room=Room(most=2))

    with followers.join(an_id(1), OURS):
        with (
            followers.join(an_id(1), OURS),
            pytest.raises(TooManyStreams),
            followers.join(an_id(2), OURS),
        ):
            pass
        with followers.join(an_id(2), OURS):
            assert len(followers) == 2


def test_one_tenant_leaves_room_for_the_others():
    followers = Followers(Store({}), room=Room(most=3, most_of_a_tenant=2))
    theirs = Tenant("theirs")

    with followers.join(an_id(1), OURS), followers.join(an_id(1), OURS):
        with pytest.raises(TooManyOwnStreams), followers.join(an_id(2), OURS):
            pass
        with followers.join(an_id(2), theirs):
            assert len(followers) == 3
    with followers.join(an_id(2), OURS):
        assert len(followers) == 1


def test_a_stop_ends_every_stream_those_that_begin_later_too():
    async def story() -> list[list[bytes]]:
        followers = Followers(Store({an_id(): SCORING}), beat_s=0.02)
        streams: list[list[bytes]] = []
        with followers.join(an_id(), OURS) as early:
            await followers.begin(early)
            stream = frames(early, None)
            await the_next(stream)
            await the_next(stream)
            followers.stop()
            streams.append(await the_rest(stream))
        with followers.join(an_id(), OURS) as late:
            await followers.begin(late)
            streams.append(await the_rest(frames(late, None)))
        return streams

    early, late = asyncio.run(story())

    assert early == []
    assert [heard(one).event for one in late[1:]] == ["progress"]
