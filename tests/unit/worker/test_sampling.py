from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from assessment.request import Sampling
from worker.sampling import sampled


@dataclass(frozen=True)
class Moment:
    index: int
    at_ms: int


def moments(times_ms: list[int]) -> list[Moment]:
    return [Moment(index, at_ms) for index, at_ms in enumerate(times_ms)]


def times(chosen: list[Moment]) -> list[int]:
    return [moment.at_ms for moment in chosen]


rising = st.lists(st.integers(1, 5_000), min_size=1, max_size=200).map(
    lambda steps: [0, *(sum(steps[: i + 1]) for i in range(len(steps)))]
)


def test_time_sampling_takes_the_first_frame_at_or_after_each_multiple() -> None:
    # Given ten frames a second,
    frames = moments(list(range(0, 1000, 100)))

    # when one in 250 ms is asked for,
    chosen = list(sampled(frames, Sampling(every_ms=250)))

    # then each multiple of 250 is answered by the frame at or after it.
    assert times(chosen) == [0, 300, 500, 800]


def test_the_frame_after_a_gap_is_taken_once() -> None:
    frames = moments([0, 40, 80, 10_000, 10_040, 10_080, 10_400])

    chosen = list(sampled(frames, Sampling(every_ms=400)))

    assert times(chosen) == [0, 10_000, 10_400]


def test_counting_takes_every_nth_frame_whatever_its_time() -> None:
    frames = moments([0, 7, 900, 901, 902, 5000, 5001])

    chosen = list(sampled(frames, Sampling(every_ms=None, every_n_frames=3)))

    assert [moment.index for moment in chosen] == [0, 3, 6]


def test_sampling_takes_frames_one_by_one() -> None:
    # Given an endless recording,
    endless = (Moment(index, index * 40) for index in iter(int, 1))

    # when its first sample is asked for, then it comes.
    assert next(sampled(endless, Sampling())) == Moment(0, 0)


@given(rising, st.integers(1, 10_000))
def test_samples_stand_in_different_intervals_and_none_is_skipped(
    at: list[int], every_ms: int
) -> None:
    frames = moments(at)

    chosen = times(list(sampled(frames, Sampling(every_ms=every_ms))))

    intervals = [at_ms // every_ms for at_ms in chosen]
    assert intervals == sorted(set(intervals))
    assert set(intervals) == {at_ms // every_ms for at_ms in at}
    assert all(min(t for t in at if t // every_ms == c // every_ms) == c for c in chosen)
