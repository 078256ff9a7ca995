"""Sizes hold the utilisation, grow with the load, and cost what their parts cost."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from launch.sizing import (
    Machine,
    Prices,
    Speed,
    cost_of_a_video_hour,
    instances,
    size_for,
)

LOADS = st.floats(min_value=0.1, max_value=1e6)
BUSY = st.floats(min_value=0.0, max_value=1e3)
SHARES = st.floats(min_value=0.05, max_value=1.0)


def test_a_load_that_one_worker_just_carries_takes_one():
    # given 42 s of work a video-minute, 60 of them an hour: 0.7 of an hour
    assert instances(60, 42.0, 0.7) == 1
    assert instances(60.1, 42.0, 0.7) == 2


@given(LOADS, BUSY, SHARES)
def test_nobody_is_busier_than_the_utilisation_and_one_less_would_be(load, busy_s, utilisation):
    count = instances(load, busy_s, utilisation)

    busy = load * busy_s / 3600
    assert busy / count <= utilisation * (1 + 1e-6)
    assert count == 1 or busy / (count - 1) > utilisation


@given(LOADS, LOADS, BUSY, SHARES)
def test_more_video_never_takes_fewer(one, another, busy_s, utilisation):
    small, large = sorted((one, another))

    assert instances(small, busy_s, utilisation) <= instances(large, busy_s, utilisation)


@given(LOADS, BUSY, SHARES, SHARES)
def test_more_spare_time_never_takes_fewer(load, busy_s, one, another):
    low, high = sorted((one, another))

    assert instances(load, busy_s, low) >= instances(load, busy_s, high)


@given(LOADS, st.floats(min_value=0.1, max_value=100), st.floats(min_value=0.1, max_value=100))
def test_the_parts_of_a_size_add_up(load, worker_s, triton_s):
    machine = Machine(2.0, 3.0, 4.0, 5.0, 1.0)
    size = size_for(load, Speed(worker_s, triton_s), machine, 0.7)

    assert size.cores == size.workers * 2 + size.tritons * 4
    assert size.memory_gib == size.workers * 3 + size.tritons * 5
    assert size.gpus == size.tritons


@given(LOADS, st.floats(min_value=0.01, max_value=100))
def test_a_video_hour_costs_more_at_half_the_load_never_less(load, price):
    assume(load > 1)
    speed, machine, prices = Speed(30.0, 10.0), Machine(), Prices(core_hour=price)

    def cost(minutes: float) -> float:
        return cost_of_a_video_hour(size_for(minutes, speed, machine, 0.7), minutes, prices)

    # then: what stands idle is paid, too; a whole number of instances makes up for at most as much
    full = load / 3600 * (30.0 + 2 * 10.0) / 0.7 * price / (load / 60)
    assert cost(load) >= full * (1 - 1e-6)


def test_the_cost_is_that_of_cores_and_gpus_by_hours_of_video():
    size = size_for(120, Speed(30.0, 30.0), Machine(triton_gpus=1), 1.0)

    # 1 worker of 1 core, 1 Triton of 2 cores and a GPU, for 2 hours of video an hour
    assert cost_of_a_video_hour(size, 120, Prices(0.1, 2.0)) == pytest.approx((0.3 + 2.0) / 2)
