"""What the load test concludes from what it met."""

import pytest

from bench.load import Memory, grown, latency_table
from bench.percentile import percentile


def test_a_percentile_is_a_value_that_was_measured():
    values = list(range(1, 101))

    assert [percentile(values, one) for one in (50, 99, 100)] == [50, 99, 100]
    assert percentile([7.5], 99) == 7.5
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)


def test_memory_is_compared_between_the_first_and_the_last_minute():
    memory = Memory()
    memory.samples = [
        (at, {"api": 100.0 if at < 300 else 150.0, "redis": 5.0, "decoder": 90.0})
        for at in range(0, 600, 2)
    ]

    compared = memory.compared()

    assert compared == {"api": (100.0, 150.0), "redis": (5.0, 5.0)}
    assert grown(compared) == ["api"]


def test_a_short_run_is_compared_by_what_there_is():
    memory = Memory()
    memory.samples = [(1.0, {"api": 100.0})]

    assert memory.compared() == {"api": (100.0, 100.0)}
    assert grown(memory.compared()) == []


def test_the_table_has_a_line_for_each_route():
    table = list(latency_table({"status": [1.0, 2.0, 30.0], "create": [5.0]}))

    assert table[2:] == ["| create | 1 | 5 | 5 | 5 | 5 |", "| status | 3 | 2 | 30 | 30 | 30 |"]
