"""What is told of a measurement, and when it counts as a fall."""

from pathlib import Path

import pytest

from bench.__main__ import fell, guarded, line_of, write
from bench.row import SMOKE, WHOLE, Row, Scale
from training.files import read_json


def a_ratio(*samples: float, better: str = "higher", guarded: bool = True) -> Row:
    lower = better == "lower"
    return Row("speed", "times", samples, 2.0, "lower" if lower else "higher", guarded=guarded)


def test_a_target_is_met_by_the_median() -> None:
    assert a_ratio(1.0, 2.1, 9.0).met
    assert not a_ratio(1.9, 1.0, 9.0).met
    assert a_ratio(1.9, 1.0, 9.0, better="lower").met
    assert Row("memory", "MiB", (1.0,)).met is None


def test_a_fall_by_more_than_a_third_is_told() -> None:
    baseline = {"speed": 3.0}

    assert fell([a_ratio(2.1)], baseline) == []
    assert fell([a_ratio(1.9)], baseline) == ["speed, 3 before, 1.9 now"]
    assert fell([a_ratio(1.9, guarded=False)], baseline) == []
    assert fell([a_ratio(1.9)], {}) == []


def test_where_less_is_better_a_rise_is_the_fall() -> None:
    assert fell([a_ratio(4.0, better="lower")], {"speed": 3.0}) == []
    assert fell([a_ratio(4.6, better="lower")], {"speed": 3.0})


def test_the_baseline_holds_guarded_ratios_only() -> None:
    assert guarded([a_ratio(1.0, 2.0, 4.0), Row("memory", "MiB", (1.0,))]) == {"speed": 2.0}


def test_a_line_tells_median_spread_and_verdict() -> None:
    assert "2.1 times (1 to 9, n=3)  at least 2: met" in line_of(a_ratio(1.0, 2.1, 9.0))
    assert "MISSED" in line_of(a_ratio(1.0))


def test_measuring_a_part_again_keeps_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    write([a_ratio(1.0), Row("memory", "MiB", (5.0,))], path)

    write([a_ratio(4.0)], path)

    rows = read_json(path)["rows"]
    assert {name: one["median"] for name, one in rows.items()} == {"speed": 4.0, "memory": 5.0}
    assert rows["speed"]["met"]


@pytest.mark.parametrize(("scale", "amount"), [(WHOLE, 60), (SMOKE, 10)])
def test_a_smoke_run_measures_less(scale: Scale, amount: int) -> None:
    assert scale.pick(whole=60, smoke=10) == amount
