"""The picture of the targets: 1 is met, whichever way is better, and it draws the same again."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench import plot
from bench.__main__ import write
from bench.row import Row

SPEED = Row("speed", "times", (1.0, 3.0, 4.0), 2.0)
MEMORY = Row("memory", "MiB", (50.0,), 100.0, "lower")


@pytest.mark.parametrize(
    ("better", "value", "part"), [("higher", 3.0, 1.5), ("higher", 1.0, 0.5), ("lower", 1.0, 2.0)]
)
def test_a_part_of_a_target_is_more_where_it_is_better(
    better: str, value: float, part: float
) -> None:
    assert plot.part_of_target({"target": 2.0, "better": better}, value) == part


def test_every_target_is_in_the_picture_and_what_has_none_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    results = tmp_path / "results.json"
    write([SPEED, MEMORY, replace(MEMORY, name="told only", target=None)], results)
    monkeypatch.setattr(plot, "RESULTS", results)

    # when
    first, second = tmp_path / "1.svg", tmp_path / "2.svg"
    plot.main(first)
    plot.main(second)

    # then
    drawn = first.read_text()
    assert "speed" in drawn
    assert "memory" in drawn
    assert "told only" not in drawn
    assert first.read_bytes() == second.read_bytes()
