"""CSV, WebVTT and the blocks they are sent in, without a service around."""

import csv
import io

from service.span import BLOCK_BYTES, in_blocks
from service.timeline_csv import Table, csv_lines
from service.timeline_vtt import vtt_lines


def test_a_second_expression_network_has_columns_of_its_own():
    shown = {"labels": ["calm", "merry"], "segments": []}
    result = {
        "severity": None,
        "expression": {"model": "first", **shown},
        "more_expressions": [{"model": "second", **shown}],
    }
    row = {
        "at_ms": 0, "frame": 0, "used": True, "rejected": None, "face": None,
        "expression": {"calm": 0.9, "merry": 0.1},
        "more_expressions": {"second": {"calm": 0.2, "merry": 0.8}},
    }  # fmt: skip

    written = b"".join(csv_lines(Table.of(result), [row])).decode()

    header, cells = csv.reader(io.StringIO(written, newline=""))
    assert header[19:] == [
        "expression.first.calm", "expression.first.merry",
        "expression.second.calm", "expression.second.merry",
    ]  # fmt: skip
    assert cells[19:] == ["0.9", "0.1", "0.2", "0.8"]


def test_a_text_never_becomes_a_formula_and_a_number_stays_one():
    row = {
        "at_ms": 0, "frame": 0, "used": False, "rejected": "=1+1",
        "face": {"x": -3, "y": 0, "width": 9, "height": 9, "confidence": 0.5},
    }  # fmt: skip
    empty = {"severity": None, "expression": None, "more_expressions": []}

    _, line = csv_lines(Table.of(empty), [row])

    assert line == b"0,0,false,'=1+1,-3,0,9,9,0.5,,,,,,,,,,\r\n"


def test_a_cue_says_nothing_but_text():
    segment = {"label": "a<b>&\n\n--> c", "start_ms": 3_723_004, "end_ms": 3_723_004, "mean": 0.5}

    text = b"".join(vtt_lines([("n<1>", segment)], ["of\n\nuse --> none"])).decode()

    assert "NOTE of use → none\n\n" in text
    assert text.endswith(
        "1\n01:02:03.004 --> 01:02:03.005\n<v n&lt;1&gt;>a&lt;b&gt;&amp; --&gt; c 50%\n\n"
    )


def test_a_long_timeline_is_sent_in_blocks_and_read_as_they_go():
    pulled = 0

    def pieces():
        nonlocal pulled
        for _ in range(100_000):
            pulled += 1
            yield b"x" * 100

    blocks = in_blocks(pieces())
    first = next(blocks)

    assert BLOCK_BYTES <= len(first) < BLOCK_BYTES + 100
    assert pulled == len(first) / 100
    assert len(first) + sum(map(len, blocks)) == 10_000_000
