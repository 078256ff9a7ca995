"""Leaving frames out must not show: the sampled ones are those of a full decode, bit for bit."""

from pathlib import Path

import av
import numpy as np
import pytest

from assessment.request import EVERY_FRAME, Sampling
from tests.media.recordings import Make, Picture, record
from worker.sampling import Pace
from worker.skipping import Deviation, Plan, Skipped, plan
from worker.video import End, Frame, Limits, decode

STEP_MS = 40
COUNT = 48
PYRAMID = {"bf": "3", "b-pyramid": "normal", "b-adapt": "0", "preset": "veryfast"}
SAMPLINGS = (Sampling(every_ms=400), Sampling(every_ms=None, every_n_frames=7))


def moving(count: int = COUNT) -> list[Picture]:
    """Return pictures (96, 128, 3) in which something moves over fixed noise."""
    noise = np.random.default_rng(1).integers(60, 120, (96, 128, 3), dtype=np.uint8)
    pictures = [noise.copy() for _ in range(count)]
    for number, picture in enumerate(pictures):
        picture[20:60, number : number + 30] = 40 + 3 * number
    return pictures


def decoded(path: Path, sampling: Sampling) -> tuple[list[Frame], End | None]:
    with decode(path, sampling, Limits()) as recording:
        return list(recording), recording.end


def headless(path: Path, source: Path) -> Path:
    """Write the recording without its first packet, on which the next eleven rest."""
    with av.open(str(source)) as whole, av.open(str(path), "w", format="mp4") as rest:
        track = whole.streams.video[0]
        copied = rest.add_stream_from_template(track)
        for packet in [one for one in whole.demux(track) if one.dts is not None][1:]:
            packet.stream = copied
            rest.mux(packet)
    return path


@pytest.mark.parametrize(
    ("make", "times_ms"),
    [
        (Make(options=PYRAMID), None),
        (Make("matroska", options=PYRAMID), None),
        (Make(options={"bf": "0"}), None),
        (Make("mpegts", options=PYRAMID), None),
        (Make(options=PYRAMID), [i * STEP_MS + (i % 3) * 9 + (i > 30) * 900 for i in range(COUNT)]),
    ],
    ids=("pyramid", "matroska", "no B-frames", "mpegts", "variable rate"),
)
def test_sampled_frames_are_those_of_a_full_decode(
    tmp_path: Path, make: Make, times_ms: list[int] | None
) -> None:
    # Given a recording, and all its frames,
    path = record(tmp_path / "recording", moving(), make, times_ms)
    every, whole_end = decoded(path, EVERY_FRAME)

    for sampling in SAMPLINGS:
        # when only some are sampled,
        found, end = decoded(path, sampling)

        # then they and the counts are what choosing from all frames gives.
        assert end == whole_end
        assert_chosen_from(every, found, sampling)


def assert_chosen_from(every: list[Frame], found: list[Frame], sampling: Sampling) -> None:
    pace = Pace(sampling)
    wanted = [frame for frame in every if pace.due(frame.index, frame.at_ms)]
    assert [(one.index, one.at_ms) for one in found] == [(one.index, one.at_ms) for one in wanted]
    assert all(np.array_equal(a.pixels, b.pixels) for a, b in zip(found, wanted, strict=True))


def planned(path: Path, sampling: Sampling) -> list[int]:
    """Return the numbers of the frames that are decoded under the plan."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        made = plan(container, stream, sampling, COUNT)
        assert made is not None
        frames = list(made.pictures(container, stream))
    assert len(frames) == COUNT
    return [number for number, one in enumerate(frames) if not isinstance(one, Skipped)]


def test_frames_that_nothing_rests_on_are_not_decoded(tmp_path: Path) -> None:
    path = record(tmp_path / "recording", moving(), Make(options=PYRAMID))

    kept = planned(path, Sampling(every_ms=400))

    assert set(range(0, COUNT, 10)) <= set(kept)
    assert len(kept) < 0.7 * COUNT


def test_more_frames_than_the_limit_are_a_deviation(tmp_path: Path) -> None:
    path = record(tmp_path / "recording", moving(), Make(options=PYRAMID))

    with av.open(str(path)) as container, pytest.raises(Deviation):
        plan(container, container.streams.video[0], Sampling(every_ms=400), COUNT - 1)


def test_nothing_is_planned_where_every_frame_is_sampled(tmp_path: Path) -> None:
    path = record(tmp_path / "recording", moving(), Make(options=PYRAMID))

    with av.open(str(path)) as container:
        assert plan(container, container.streams.video[0], EVERY_FRAME, COUNT) is None


def test_a_sampled_frame_that_does_not_come_is_a_deviation(tmp_path: Path) -> None:
    path = record(tmp_path / "recording", moving(), Make(options=PYRAMID))

    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        made = plan(container, stream, Sampling(every_ms=400), COUNT)
        assert made is not None
        late = made.times[-1] + 10_000
        false = Plan((*made.times, late), made.time_base, made.due | {late})
        with pytest.raises(Deviation):
            list(false.pictures(container, stream))


def test_a_frame_that_was_not_announced_is_a_deviation(tmp_path: Path) -> None:
    path = record(tmp_path / "recording", moving(), Make(options=PYRAMID))

    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        made = plan(container, stream, Sampling(every_ms=400), COUNT)
        assert made is not None
        false = Plan(made.times[1:], made.time_base, made.due)
        with pytest.raises(Deviation):
            list(false.pictures(container, stream))


def test_a_recording_that_deviates_is_decoded_in_full(tmp_path: Path) -> None:
    # Given a recording that begins in the middle, so that its first frames cannot be decoded,
    whole = record(tmp_path / "whole", moving(), Make(options={"bf": "0"}))
    path = headless(tmp_path / "recording", whole)
    every, whole_end = decoded(path, EVERY_FRAME)

    # when it is sampled,
    found, end = decoded(path, Sampling(every_ms=400))

    # then every sample comes once, the one that all frames give.
    assert end == whole_end
    assert_chosen_from(every, found, Sampling(every_ms=400))
