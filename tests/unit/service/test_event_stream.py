"""What a stream of events says, and who looks for it."""

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace

from assessment.assessment import Outcome, Progress, Stage, Status, Tenant
from assessment.eta import Eta
from assessment.standing import Standing
from service.event_stream import HEARTBEAT, RETRY, frames
from service.followers import Follower, Sight
from tests.samples import NOON, an_id

OURS = Tenant("ours")
WAITING = Standing(
    status=Status.QUEUED,
    outcome=None,
    attempt=0,
    progress=Progress(),
    since=NOON,
    queue_position=2,
)
SCORING = replace(
    WAITING,
    status=Status.PROCESSING,
    attempt=1,
    queue_position=None,
    progress=Progress(Stage.SCORING, 40),
)
ENDED = replace(
    SCORING,
    status=Status.SUCCEEDED,
    outcome=Outcome.REPORTED,
    progress=Progress(Stage.DONE, 100),
)
PATIENCE_S = 20


@dataclass(frozen=True)
class Heard:
    """One event as a client reads it."""

    id: str
    event: str
    data: dict[str, object]


def heard(frame: bytes) -> Heard:
    fields = dict(line.split(": ", 1) for line in frame.decode().strip().splitlines())
    return Heard(fields["id"], fields["event"], json.loads(fields["data"]))


def seen(standing: Standing, eta: Eta | None = None) -> Sight:
    return Sight(standing, eta)


def a_follower(standing: Standing) -> Follower:
    return Follower(an_id(), OURS, seen(standing))


async def the_next(stream: AsyncGenerator[bytes]) -> bytes:
    async with asyncio.timeout(PATIENCE_S):
        return await anext(stream)


async def the_rest(stream: AsyncGenerator[bytes]) -> list[bytes]:
    async with asyncio.timeout(PATIENCE_S):
        return [frame async for frame in stream]


def test_each_change_is_told_once_and_the_end_closes_the_stream():
    async def story() -> list[bytes]:
        follower = a_follower(WAITING)
        stream = frames(follower, None)
        told = [await the_next(stream), await the_next(stream)]
        follower.tell(seen(SCORING, Eta(4200, 7900)))
        told.append(await the_next(stream))
        follower.tell(seen(ENDED))
        return [*told, *await the_rest(stream)]

    opening, *events = asyncio.run(story())

    assert opening == RETRY == b"retry: 2000\n\n"
    assert [heard(one).event for one in events] == ["progress", "progress", "ended"]
    assert heard(events[0]).data == {
        "id": an_id(),
        "status": "queued",
        "stage": "queued",
        "percent": 0,
        "queue_position": 2,
        "eta_ms": None,
    }
    assert heard(events[1]).data["eta_ms"] == {"p50": 4200, "p90": 7900}
    assert heard(events[2]).data == {
        "id": an_id(),
        "status": "succeeded",
        "outcome": "reported",
        "urls": {"self": f"/v1/assessments/{an_id()}"},
    }
    assert len({heard(one).id for one in events}) == 3


def test_a_resumed_stream_goes_on_with_what_differs():
    async def story() -> tuple[list[bytes], list[bytes]]:
        first = a_follower(SCORING)
        stream = frames(first, None)
        before = [await the_next(stream), await the_next(stream)]
        again = a_follower(SCORING)
        resumed = frames(again, heard(before[1]).id)
        after = [await the_next(resumed)]
        again.tell(seen(ENDED))
        return before[1:], [*after, *await the_rest(resumed)][1:]

    before, after = asyncio.run(story())

    assert [heard(one).event for one in before] == ["progress"]
    assert [heard(one).event for one in after] == ["ended"]


def test_an_estimate_that_moves_is_no_change_of_its_own():
    async def story() -> list[bytes]:
        follower = a_follower(SCORING)
        stream = frames(follower, None, heartbeat_s=0.05)
        told = [await the_next(stream), await the_next(stream)]
        follower.tell(seen(SCORING, Eta(1, 2)))
        return [*told, await the_next(stream)]

    assert asyncio.run(story())[-1] == HEARTBEAT


def test_silence_is_filled_with_comments():
    async def story() -> list[bytes]:
        stream = frames(a_follower(SCORING), None, heartbeat_s=0.02)
        return [await the_next(stream) for _ in range(4)]

    assert asyncio.run(story())[2:] == [b": heartbeat\n\n"] * 2


def test_a_deletion_is_told_and_closes_the_stream():
    async def story() -> list[bytes]:
        follower = a_follower(SCORING)
        stream = frames(follower, None)
        await the_next(stream)
        await the_next(stream)
        follower.tell(None)
        return await the_rest(stream)

    (event,) = asyncio.run(story())

    assert heard(event) == Heard("gone", "gone", {"id": an_id()})


def test_a_slow_reader_is_told_the_newest_state_only():
    async def story() -> list[bytes]:
        follower = a_follower(SCORING)
        stream = frames(follower, None)
        told = [await the_next(stream), await the_next(stream)]
        for percent in range(41, 90):
            follower.tell(seen(replace(SCORING, progress=Progress(Stage.SCORING, percent))))
        follower.tell(seen(ENDED))
        return [*told, *await the_rest(stream)]

    assert [heard(one).event for one in asyncio.run(story())[1:]] == ["progress", "ended"]


def test_no_stream_outlives_its_longest_time():
    async def story() -> list[bytes]:
        return await the_rest(frames(a_follower(SCORING), None, heartbeat_s=0.02, longest_s=0.1))

    _, progress, *beats = asyncio.run(story())

    # How many beats fit into that time is the machine's affair; that it ends is not.
    assert heard(progress).event == "progress"
    assert beats == [HEARTBEAT] * len(beats)
