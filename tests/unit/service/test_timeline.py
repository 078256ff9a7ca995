"""The timeline as JSON Lines, CSV and WebVTT."""

import csv
import io
import json
import re
from typing import Any

import httpx
import pytest

from assessment.assessment import Assessment, Status
from assessment.ledger import Verdict
from tests.samples import HAPPY, LABELS, an_observation
from tests.unit.service.conftest import House

CUE = re.compile(
    r"(\d+)\n(\d\d):(\d\d):(\d\d)\.(\d{3}) --> (\d\d):(\d\d):(\d\d)\.(\d{3})\n"
    r"<v (\S+)>(\S+) (\d+)%\n"
)

QUALITY = (
    *("size", "yaw", "pitch", "roll_degrees", "light", "contrast", "sharpness"),
    *("eye_detail", "mouth_detail", "eye_width"),
)


@pytest.fixture
def told(house: House) -> Assessment:
    """Sad for six frames, then one without a face, then happy for five."""
    sad = [an_observation(i) for i in range(6)]
    happy = [an_observation(i, expression=HAPPY) for i in range(7, 12)]
    return house.succeeded(*sad, an_observation(6, Verdict.NO_FACE), *happy)


def timeline(house: House, assessment: Assessment, **query: object) -> httpx.Response:
    headers = {"accept": str(query.pop("accept"))} if "accept" in query else {}
    path = f"/v1/assessments/{assessment.id}/timeline"
    return house.ask("GET", path, params=query, headers=headers)


def lines(answer: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.text.splitlines()]


def table(answer: httpx.Response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.text, newline=""), strict=True))


def as_cells(row: dict[str, Any]) -> dict[str, str]:
    """Return what a row of JSON Lines is in CSV, for one expression network."""
    face = row["face"] or dict.fromkeys(("x", "y", "width", "height", "confidence"), "")
    quality = row["quality"] or dict.fromkeys(QUALITY, "")
    scores, shares = row.get("severity", {}), row.get("expression", {})
    values = {
        "at_ms": row["at_ms"],
        "frame": row["frame"],
        "used": "true" if row["used"] else "false",
        "rejected": row["rejected"] or "",
        **{f"face.{name}": value for name, value in face.items()},
        **{f"quality.{name}": value for name, value in quality.items()},
        **{f"severity.{name}": scores.get(name, "") for name in ("hmhn", "ddl_resnet50")},
        **{f"expression.expression.{label}": shares.get(label, "") for label in LABELS},
    }
    return {name: str(value) for name, value in values.items()}


@pytest.mark.parametrize(
    ("query", "content_type", "ending"),
    [
        ({}, "application/jsonl", "jsonl"),
        ({"accept": "*/*"}, "application/jsonl", "jsonl"),
        ({"accept": "text/csv"}, "text/csv; charset=utf-8; header=present", "csv"),
        ({"accept": "text/csv;q=0.3, text/vtt"}, "text/vtt; charset=utf-8", "vtt"),
        ({"format": "vtt"}, "text/vtt; charset=utf-8", "vtt"),
        ({"format": "jsonl", "accept": "text/csv"}, "application/jsonl", "jsonl"),
        (
            {"format": "csv", "accept": "image/png"},
            "text/csv; charset=utf-8; header=present",
            "csv",
        ),
    ],
)
def test_the_format_is_chosen_by_the_query_before_the_header(
    house: House, told: Assessment, query: dict[str, str], content_type: str, ending: str
):
    answer = timeline(house, told, **query)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == content_type
    assert answer.headers["vary"] == "Accept"
    assert answer.headers["content-disposition"] == f'attachment; filename="{told.id}.{ending}"'


def test_what_is_not_served_is_not_acceptable(house: House, told: Assessment):
    answer = timeline(house, told, accept="image/png")

    assert (answer.status_code, answer.headers["vary"]) == (406, "Accept")
    assert answer.json()["code"] == "not_acceptable"
    assert answer.json()["served"] == ["application/jsonl", "text/csv", "text/vtt"]


def test_json_lines_are_the_stored_ones_and_their_number_is_told(house: House, told: Assessment):
    answer = timeline(house, told)

    assert answer.content == house.blobs.get(told.id, "timeline.1.jsonl")
    assert answer.headers["mien-rows"] == "12"


def test_csv_says_the_same_as_json_lines(house: House, told: Assessment):
    expected = [as_cells(row) for row in lines(timeline(house, told))]

    answer = timeline(house, told, format="csv")

    assert table(answer) == expected
    assert answer.headers["mien-rows"] == "12"
    assert answer.content.count(b"\r\n") == 13


def test_a_withheld_analysis_has_no_column_and_no_cue(house: House):
    assessment = house.succeeded(*(an_observation(i, Verdict.NO_FACE) for i in range(12)))

    header = timeline(house, assessment, format="csv").text.splitlines()[0]
    cues = timeline(house, assessment, format="vtt")

    assert header.split(",")[4:] == [
        "face.x", "face.y", "face.width", "face.height", "face.confidence",
        *(f"quality.{name}" for name in QUALITY),
    ]  # fmt: skip
    assert cues.text.startswith("WEBVTT\n\nNOTE ")
    assert "-->" not in cues.text
    assert cues.headers["mien-rows"] == "0"


def test_the_cues_are_the_segments(house: House, told: Assessment):
    body = house.ask("GET", f"/v1/assessments/{told.id}").json()
    segments = body["result"]["expression"]["segments"]

    answer = timeline(house, told, format="vtt")

    found = CUE.findall(answer.text)
    assert len(found) == len(segments) == int(answer.headers["mien-rows"]) == 2
    for number, (cue, segment) in enumerate(zip(found, segments, strict=True), 1):
        assert cue[0] == str(number)
        assert _ms(*cue[1:5]) == segment["start_ms"]
        assert _ms(*cue[5:9]) == segment["end_ms"]
        assert cue[9:] == ("expression", segment["label"], f"{segment['mean'] * 100:.0f}")


def _ms(hours: str, minutes: str, seconds: str, thousandths: str) -> int:
    return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(thousandths)


@pytest.mark.parametrize(
    ("span", "times"),
    [
        ({"from_ms": 800}, list(range(800, 4801, 400))),
        ({"to_ms": 800}, [0, 400]),
        ({"from_ms": 800, "to_ms": 1600}, [800, 1200]),
        ({"from_ms": 801, "to_ms": 1601}, [1200, 1600]),
        ({"from_ms": 4800}, [4800]),
        ({"from_ms": 9_000_000}, []),
    ],
)
def test_a_stretch_is_half_open_in_every_format(
    house: House, span: dict[str, int], times: list[int]
):
    told = house.succeeded(*map(an_observation, range(13)))

    rows = timeline(house, told, **span)
    cells = timeline(house, told, format="csv", **span)

    assert [row["at_ms"] for row in lines(rows)] == times
    assert [int(row["at_ms"]) for row in table(cells)] == times
    assert "mien-rows" not in rows.headers
    assert "mien-rows" not in cells.headers


def test_a_segment_that_reaches_into_the_stretch_is_whole(house: House, told: Assessment):
    whole = CUE.findall(timeline(house, told, format="vtt").text)

    early = CUE.findall(timeline(house, told, format="vtt", to_ms=401).text)
    late = CUE.findall(timeline(house, told, format="vtt", from_ms=4000).text)

    assert early == whole[:1]
    assert [cue[1:] for cue in late] == [cue[1:] for cue in whole[1:]]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"from_ms": -1}, "/query/from_ms"),
        ({"from_ms": "a"}, "/query/from_ms"),
        ({"from_ms": "1.5"}, "/query/from_ms"),
        ({"to_ms": 2**31}, "/query/to_ms"),
        ({"from_ms": 5, "to_ms": 5}, "/query/to_ms"),
        ({"from_ms": 6, "to_ms": 5}, "/query/to_ms"),
        ({"format": "xml"}, "/query/format"),
        ({"form_ms": 5}, "/query/form_ms"),
    ],
)
def test_a_query_that_breaks_a_rule_is_refused(
    house: House, told: Assessment, query: dict[str, object], pointer: str
):
    answer = timeline(house, told, **query)

    assert (answer.status_code, answer.json()["code"]) == (422, "validation_error")
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


def test_a_refusal_quotes_nothing_of_the_query(house: House, told: Assessment):
    answer = timeline(house, told, format="CANARY", **{"CANARY words": "CANARY"})

    assert answer.status_code == 422
    assert "CANARY" not in answer.text


@pytest.mark.parametrize("wanted", ["jsonl", "csv", "vtt"])
def test_before_the_end_there_is_none_in_any_format(house: House, wanted: str):
    waiting, failed = house.accepted(), house.ended(Status.FAILED, fault="undecodable")

    for assessment in (waiting, failed):
        answer = timeline(house, assessment, format=wanted)
        assert (answer.status_code, answer.json()["code"]) == (409, "not_ready")


@pytest.mark.parametrize("wanted", ["jsonl", "csv", "vtt"])
def test_a_lost_timeline_is_told_in_every_format(house: House, told: Assessment, wanted: str):
    house.blobs.remove(told.id, "timeline.1.jsonl")

    assert timeline(house, told, format=wanted).status_code == 500


def test_rows_of_a_small_stretch_are_not_read_to_the_end(house: House, told: Assessment):
    path = house.blobs.path(told.id, "timeline.1.jsonl")
    assert path is not None
    kept = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*kept[:4], b"not read"]))

    assert len(lines(timeline(house, told, to_ms=1200))) == 3
