"""Rows of steps and their seeds: pure functions that cover everything and repeat nothing."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.training.small import some_knobs
from training.batches import make_batches, step_seed
from training.faults import TooFewExamples
from training.optimising import schedule


@given(
    rows=st.integers(8, 200),
    batch=st.integers(8, 64),
    devices=st.integers(1, 4),
    epoch=st.integers(0, 99),
)
def test_the_devices_share_every_step_and_no_row_is_seen_twice(
    rows: int, batch: int, devices: int, epoch: int
) -> None:
    # given
    batches = make_batches(rows, batch, devices, seed=3)

    # when
    order = batches.order(epoch)
    shares = [
        [batches.of_device(order, step, rank) for rank in range(devices)]
        for step in range(batches.steps)
    ]

    # then
    for step, parts in enumerate(shares):
        assert len({len(part) for part in parts}) == 1
        assert np.array_equal(np.concatenate(parts), batches.of_step(order, step))
    seen = np.concatenate([part for parts in shares for part in parts])
    assert len(np.unique(seen)) == len(seen) > rows - batches.size


def test_every_epoch_has_an_order_of_its_own_and_the_same_each_time() -> None:
    # given
    batches = make_batches(50, 10, 1, seed=3)

    # when / then
    assert np.array_equal(batches.order(4), make_batches(50, 10, 1, seed=3).order(4))
    assert not np.array_equal(batches.order(4), batches.order(5))
    assert not np.array_equal(batches.order(4), make_batches(50, 10, 1, seed=4).order(4))


def test_no_two_steps_share_a_seed() -> None:
    # given / when
    places = [(s, e, n, r) for s in (0, 1) for e in range(5) for n in range(20) for r in (0, 1)]
    seeds = {step_seed(*place) for place in places}

    # then
    assert len(seeds) == len(places)
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_a_device_with_one_row_is_too_little() -> None:
    # given / when / then
    with pytest.raises(TooFewExamples, match="fewer devices"):
        make_batches(100, 3, 2, seed=0)


@pytest.mark.parametrize("name", ["constant", "exponential", "cosine", "one_cycle"])
def test_a_schedule_stays_within_the_rate_and_ends_as_it_should(name: str) -> None:
    # given
    knobs = some_knobs(schedule=name, epochs=10, decay=0.5, warm=0.25)

    # when
    factors = [schedule(knobs, epoch, step, 4) for epoch in range(10) for step in range(4)]

    # then
    assert max(factors) == pytest.approx(1.0)
    assert min(factors) > 0.0
    ends = {
        "constant": 1.0,
        "exponential": 0.5**9,
        "cosine": (math.pi / 80) ** 2,  # half a cosine, one of 40 steps from its end
        "one_cycle": (math.pi / 60) ** 2,  # the same, one of 30
    }
    assert factors[-1] == pytest.approx(ends[name], rel=0.01)
    assert name != "one_cycle" or factors.index(max(factors)) == 10
