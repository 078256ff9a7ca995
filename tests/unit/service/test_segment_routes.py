"""What happened and when, as JSON Lines and CSV."""

import csv
import io
import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from assessment.assessment import Assessment, Status
from assessment.ledger import Verdict
from service.segment_rows import COLUMNS, csv_lines, jsonl_lines, rows
from service.span import Span
from tests.samples import HAPPY, an_observation
from tests.unit.service.conftest import House


@pytest.fixture
def told(house: House) -> Assessment:
    """Sad for six frames, nobody for three, happy for five, and nobody for two."""
    sad = [an_observation(i) for i in range(6)]
    lost = [an_observation(i, Verdict.NO_FACE) for i in (6, 7)]
    turned = an_observation(8, Verdict.TURNED_AWAY)
    happy = [an_observation(i, expression=HAPPY) for i in range(9, 14)]
    end = [an_observation(i, Verdict.NO_FACE) for i in (14, 15)]
    return house.succeeded(*sad, *lost, turned, *happy, *end)


def segments(house: House, assessment: Assessment, **query: object) -> httpx.Response:
    headers = {"accept": str(query.pop("accept"))} if "accept" in query else {}
    path = f"/v1/assessments/{assessment.id}/segments"
    return house.ask("GET", path, params=query, headers=headers)


def lines(answer: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.text.splitlines()]


def test_every_event_has_its_kind_and_its_time_in_the_order_of_the_recording(
    house: House, told: Assessment
):
    found = lines(segments(house, told))

    assert [(one["kind"], one["label"], one["start_ms"], one["end_ms"]) for one in found] == [
        ("expression", "sad", 0, 2400),
        ("gap", None, 2400, 3600),
        ("expression", "happy", 3600, 5600),
        ("gap", None, 5600, 10_000),
    ]
    assert [one["reason"] for one in found] == [None, "no_face", None, "no_face"]
    assert all(tuple(one) == COLUMNS for one in found)


def test_the_segments_are_those_of_the_result(house: House, told: Assessment):
    body = house.ask("GET", f"/v1/assessments/{told.id}").json()
    expected = [
        (one["label"], one["start_ms"], one["end_ms"], one["mean"])
        for one in body["result"]["expression"]["segments"]
    ]

    found = [one for one in lines(segments(house, told)) if one["kind"] == "expression"]

    keys = ("label", "start_ms", "end_ms", "probability")
    assert [tuple(one[key] for key in keys) for one in found] == expected
    assert body["urls"]["segments"] == f"/v1/assessments/{told.id}/segments"


def test_csv_says_the_same_as_json_lines(house: House, told: Assessment):
    expected = [
        {name: "" if value is None else str(value) for name, value in row.items()}
        for row in lines(segments(house, told))
    ]

    answer = segments(house, told, format="csv")

    assert list(csv.DictReader(io.StringIO(answer.text, newline=""), strict=True)) == expected
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="{told.id}.segments.csv"'
    )


@pytest.mark.parametrize(
    ("query", "content_type"),
    [
        ({}, "application/jsonl"),
        ({"accept": "text/csv"}, "text/csv; charset=utf-8; header=present"),
        ({"format": "jsonl", "accept": "text/csv"}, "application/jsonl"),
    ],
)
def test_the_format_is_chosen_by_the_query_before_the_header(
    house: House, told: Assessment, query: dict[str, str], content_type: str
):
    answer = segments(house, told, **query)

    assert (answer.status_code, answer.headers["content-type"]) == (200, content_type)
    assert answer.headers["vary"] == "Accept"


def test_what_is_not_served_is_not_acceptable(house: House, told: Assessment):
    answer = segments(house, told, accept="text/vtt")

    assert answer.status_code == 406
    assert answer.json()["served"] == ["application/jsonl", "text/csv"]


def test_only_events_that_reach_into_the_stretch_are_sent_uncut(house: House, told: Assessment):
    found = lines(segments(house, told, from_ms=2000, to_ms=3600))

    assert [(one["kind"], one["start_ms"], one["end_ms"]) for one in found] == [
        ("expression", 0, 2400),
        ("gap", 2400, 3600),
    ]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"format": "vtt"}, "/query/format"),
        ({"from_ms": 5, "to_ms": 5}, "/query/to_ms"),
        ({"page": 2}, "/query/page"),
    ],
)
def test_a_query_that_breaks_a_rule_is_pointed_at(
    house: House, told: Assessment, query: dict[str, object], pointer: str
):
    answer = segments(house, told, **query)

    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


def test_before_the_end_there_are_none(house: House):
    answer = segments(house, house.ended(Status.PROCESSING))

    assert (answer.status_code, answer.json()["code"]) == (409, "not_ready")


def test_a_withheld_analysis_has_no_row(house: House):
    crowd = house.succeeded(*(an_observation(i, faces=2) for i in range(12)))
    nobody = house.succeeded(*(an_observation(i, Verdict.NO_FACE) for i in range(12)))

    assert lines(segments(house, crowd)) == []
    assert [one["kind"] for one in lines(segments(house, nobody))] == ["gap"]
    assert segments(house, crowd, format="csv").text == ",".join(COLUMNS) + "\r\n"


RESULT = {
    "expression": None,
    "more_expressions": [],
    "micro_expressions": [
        {
            "model": "micro_expression", "label": "positive", "onset_ms": 900, "apex_ms": 1000,
            "offset_ms": 1200, "confidence": 0.7, "low_temporal_resolution": True,
        }
    ],
    "quality": {"duration_ms": 4000},
}  # fmt: skip


def seen(*used: bool, every_ms: int = 400) -> list[bytes]:
    rejected = [None if one else "blurred" for one in used]
    found = [{"at_ms": every_ms * i, "rejected": one} for i, one in enumerate(rejected)]
    return [json.dumps(one).encode() for one in found]


def test_a_brief_expression_has_an_apex_and_says_how_finely_it_was_seen():
    header, line = csv_lines(rows(RESULT, seen(True), Span()))

    assert header.decode().strip() == ",".join(COLUMNS)
    assert line == b"micro_expression,micro_expression,positive,900,1000,1200,0.7,true,\r\n"


def test_a_loss_of_less_than_half_a_second_is_no_gap():
    quiet = {**RESULT, "micro_expressions": None}

    assert list(rows(quiet, seen(True, False, True), Span())) == []
    (gap,) = rows(quiet, seen(True, False, False, True), Span())
    assert (gap["start_ms"], gap["end_ms"], gap["reason"]) == (400, 1200, "blurred")


def test_the_rows_come_as_the_timeline_is_read():
    read = 0

    def timeline():
        nonlocal read
        for line in seen(*([True, False, False] * 20_000)):
            read += 1
            yield line

    found = jsonl_lines(rows(RESULT, timeline(), Span()))
    for _ in range(10):
        next(found)

    assert read < 100


def test_an_older_result_and_timeline_still_read(house: House, told: Assessment):
    # Before this version nothing was said of expressivity and movement.
    stored = json.loads(house.blobs.get(told.id, "result.1.json") or b"")
    for name in ("expressivity", "movement"):
        del stored[name]
    house.blobs.put(told.id, "result.1.json", json.dumps(stored).encode())

    assert house.ask("GET", f"/v1/assessments/{told.id}/report").status_code == 200
    assert segments(house, replace(told)).status_code == 200
