import itertools
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from worker.timestamps import MediaClock

MILLISECONDS = Fraction(1, 1000)


def placed(stamps: list[int | None], clock: MediaClock | None = None) -> list[int]:
    clock = clock or MediaClock()
    return [clock.at_ms(stamp, MILLISECONDS) for stamp in stamps]


def test_media_time_starts_with_the_first_frame() -> None:
    assert placed([36_000_000, 36_000_040, 36_000_080]) == [0, 40, 80]


def test_a_negative_first_timestamp_is_a_start_like_any_other() -> None:
    assert placed([-1000, -960, -920]) == [0, 40, 80]


def test_variable_steps_and_gaps_are_kept() -> None:
    assert placed([0, 33, 133, 5133]) == [0, 33, 133, 5133]


def test_a_missing_timestamp_is_one_usual_step_after_the_last() -> None:
    clock = MediaClock()

    assert placed([0, 20, None, None, 80], clock) == [0, 20, 40, 60, 80]
    assert clock.missing == 2


def test_a_missing_first_timestamp_does_not_move_the_others() -> None:
    assert placed([None, 36_000_040, 36_000_080]) == [0, 40, 80]


def test_a_wavering_timestamp_is_nudged_and_counted() -> None:
    clock = MediaClock()

    assert placed([0, 40, 40, 30, 80], clock) == [0, 40, 41, 42, 80]
    assert clock.backward == 2


def test_a_clock_that_starts_again_goes_on() -> None:
    # Given two recordings of a second, one after the other in one file,
    stamps: list[int | None] = [0, 500, 1000, 1500, 2000, 0, 500, 1000]

    # when they are placed, then time goes on where the first one ended.
    assert placed(stamps) == [0, 500, 1000, 1500, 2000, 2500, 3000, 3500]


def test_a_recording_ends_one_usual_step_after_its_last_frame() -> None:
    clock = MediaClock()
    placed([0, 40, 80, 9_000], clock)

    assert clock.end_ms() == 9_040


def test_a_time_base_of_zero_counts_as_missing() -> None:
    clock = MediaClock()

    assert clock.at_ms(5, None) == 0
    assert clock.at_ms(5, Fraction(0)) == 40
    assert clock.missing == 2


@given(st.lists(st.none() | st.integers(-(2**62), 2**62), max_size=100))
def test_media_time_always_rises_from_zero(stamps: list[int | None]) -> None:
    times = placed(stamps)

    assert times[:1] in ([], [0])
    assert all(before < after for before, after in itertools.pairwise(times))
    assert times == placed(stamps)
