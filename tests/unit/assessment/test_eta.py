"""The estimate of the remaining time."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.assessment import Progress, Stage, Status
from assessment.eta import Eta, remaining
from assessment.pace import Run
from assessment.standing import Standing
from tests.samples import NOON

TEN_RUNS = [Run(float(seconds)) for seconds in range(10, 20)]


def standing(status: Status, *, percent: int = 0, ahead: int | None = None) -> Standing:
    return Standing(
        status=status,
        outcome=None,
        attempt=1,
        progress=Progress(Stage.SCORING, percent),
        since=NOON,
        queue_position=ahead,
    )


def eta_of(
    where: Standing, runs: Sequence[Run] = (), workers: int = 1, elapsed_s: float = 0
) -> Eta | None:
    return remaining(where, runs=runs, workers=workers, at=NOON + timedelta(seconds=elapsed_s))


@given(
    status=st.sampled_from(Status),
    percent=st.integers(-5, 105),
    ahead=st.none() | st.integers(0, 100_000),
    seconds=st.lists(st.floats(0, 1e5), max_size=30),
    workers=st.integers(0, 64),
    elapsed_s=st.floats(-1e4, 1e6),
)
def test_an_estimate_is_never_negative_and_the_cautious_one_never_the_smaller(
    status: Status,
    percent: int,
    ahead: int | None,
    seconds: list[float],
    workers: int,
    elapsed_s: float,
):
    where = standing(status, percent=percent, ahead=ahead)

    eta = eta_of(where, [Run(one) for one in seconds], workers, elapsed_s)

    assert eta is None or 0 <= eta.p50 <= eta.p90
    if status.final:
        assert eta is None
    if status is Status.QUEUED:
        assert (eta is None) == (ahead is None or workers == 0 or not seconds)


@pytest.mark.parametrize(
    ("where", "runs", "workers"),
    [
        (standing(Status.QUEUED, ahead=3), [], 2),
        (standing(Status.QUEUED, ahead=3), TEN_RUNS, 0),
        (standing(Status.PROCESSING), [], 2),
        (standing(Status.SUCCEEDED, percent=100), TEN_RUNS, 2),
    ],
)
def test_nothing_is_guessed_from_nothing(where: Standing, runs: list[Run], workers: int):
    assert eta_of(where, runs, workers) is None


def test_without_a_pace_the_percentage_is_projected():
    eta = eta_of(standing(Status.PROCESSING, percent=25), elapsed_s=10)

    assert eta == Eta(30_000, 52_500)


def test_without_a_percentage_the_pace_of_runs_that_took_longer_counts():
    eta = eta_of(standing(Status.PROCESSING), TEN_RUNS, elapsed_s=14.5)

    # What takes 15 to 19 s in all has 0.5 to 4.5 s left.
    assert eta == Eta(2500, 4100)


def test_a_run_longer_than_any_before_and_without_a_percentage_is_not_guessed():
    assert eta_of(standing(Status.PROCESSING), TEN_RUNS, elapsed_s=60) is None


def test_the_further_it_is_the_more_its_own_percentage_counts():
    early = eta_of(standing(Status.PROCESSING, percent=10), [Run(100.0)], elapsed_s=1)
    late = eta_of(standing(Status.PROCESSING, percent=90), [Run(100.0)], elapsed_s=9)

    assert early is not None
    assert early.p50 == pytest.approx((0.1 * 9 + 0.9 * 99) * 1000)
    assert late is not None
    assert late.p50 == pytest.approx((0.9 * 1 + 0.1 * 91) * 1000)


def test_who_waits_longer_is_told_more_and_more_workers_make_it_less():
    next_in_line = eta_of(standing(Status.QUEUED, ahead=0), TEN_RUNS)
    behind_ten = eta_of(standing(Status.QUEUED, ahead=10), TEN_RUNS)
    shared = eta_of(standing(Status.QUEUED, ahead=10), TEN_RUNS, workers=5)

    assert next_in_line is not None
    assert behind_ten is not None
    assert shared is not None
    assert next_in_line.p50 == 0.5 * 14_500 + 14_500
    assert behind_ten.p50 == 10.5 * 14_500 + 14_500
    assert next_in_line.p50 < shared.p50 < behind_ten.p50
