"""A real assessment followed to its end, and its timeline in every format."""

import csv
import io
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.stack.conftest import DONE_S, Stack

pytestmark = pytest.mark.stack

TIMES = re.compile(r"(\d+):(\d\d):(\d\d)\.(\d{3}) --> (\d+):(\d\d):(\d\d)\.(\d{3})")


@dataclass(frozen=True)
class Event:
    """One event as a client reads it."""

    id: str
    event: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Followed:
    """An assessment that was followed: up to the cut, after it, and its record."""

    before: list[Event]
    after: list[Event]
    body: dict[str, Any]

    @property
    def events(self) -> list[Event]:
        return [*self.before, *self.after]


def events_of(answer: httpx.Response) -> Iterator[Event]:
    fields: dict[str, str] = {}
    end = time.monotonic() + DONE_S
    for line in answer.iter_lines():
        assert time.monotonic() < end, "the assessment did not end in time"
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
            continue
        if "event" in fields:
            yield Event(fields["id"], fields["event"], json.loads(fields["data"]))
        fields = {}


def follow(stack: Stack, path: str, known: str | None = None, most: int = 10_000) -> list[Event]:
    headers = {"last-event-id": known} if known else {}
    with stack.client() as api, api.stream("GET", path, headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        return [event for _, event in zip(range(most), events_of(answer), strict=False)]


@pytest.fixture(scope="module")
def followed(stack: Stack, sad_to_happy: Path) -> Followed:
    stack.create(sad_to_happy)  # so that the followed one is not over before the cut
    created = stack.create(sad_to_happy, sampling={"every_ms": 200})
    path = created["urls"]["events"]
    before = follow(stack, path, most=2)
    assert all(one.event == "progress" for one in before), "it ended before the cut"
    after = follow(stack, path, before[-1].id)
    return Followed(before, after, stack.wait(created["id"]))


def test_a_cut_stream_is_resumed_without_an_event_told_twice(followed: Followed):
    assert len(followed.before) == 2
    ids = [one.id for one in followed.events]
    assert len(set(ids)) == len(ids)
    assert {one.event for one in followed.events[:-1]} == {"progress"}


def test_the_last_event_is_the_end_as_the_record_has_it(stack: Stack, followed: Followed):
    last, body = followed.events[-1], followed.body

    assert last.event == "ended"
    assert last.data == {
        "id": body["id"],
        "status": "succeeded",
        "outcome": "reported",
        "urls": {"self": body["urls"]["self"]},
    }
    with stack.client() as api:
        again = api.get(body["urls"]["events"], headers={"last-event-id": last.id})
    assert (again.status_code, again.content) == (204, b"")


def test_once_one_has_succeeded_the_next_one_has_an_estimate(
    stack: Stack, followed: Followed, short_face: Path
):
    assert followed.body["status"] == "succeeded"

    stack.create(short_face)  # so that the next one has to wait a moment
    created = stack.create(short_face)
    events = follow(stack, created["urls"]["events"])

    told = [one.data["eta_ms"] for one in events if one.event == "progress"]
    estimates = [created["progress"]["eta_ms"], *told]
    known = [one for one in estimates if one is not None]
    assert known
    assert all(0 <= one["p50"] <= one["p90"] for one in known)


def test_csv_agrees_with_json_lines(stack: Stack, followed: Followed):
    path = followed.body["urls"]["timeline"]
    rows = [json.loads(line) for line in stack.get(path).text.splitlines()]

    answer = stack.get(f"{path}?format=csv")

    cells = list(csv.DictReader(io.StringIO(answer.text, newline=""), strict=True))
    assert int(answer.headers["mien-rows"]) == len(cells) == len(rows)
    for row, cell in zip(rows, cells, strict=True):
        assert (int(cell["at_ms"]), int(cell["frame"])) == (row["at_ms"], row["frame"])
        assert cell["used"] == ("true" if row["used"] else "false")
        for network, score in row.get("severity", {}).items():
            assert float(cell[f"severity.{network}"]) == score
        for label, share in row.get("expression", {}).items():
            assert float(cell[f"expression.expression.{label}"]) == share


def test_webvtt_shows_the_segments(stack: Stack, followed: Followed):
    segments = followed.body["result"]["expression"]["segments"]

    with stack.client() as api:
        answer = api.get(followed.body["urls"]["timeline"], headers={"accept": "text/vtt"})

    head, *blocks = answer.text.strip().split("\n\n")
    cues = [block.splitlines() for block in blocks if not block.startswith("NOTE")]
    assert head == "WEBVTT"
    assert [_span(cue[1]) for cue in cues] == [(one["start_ms"], one["end_ms"]) for one in segments]
    for number, (cue, segment) in enumerate(zip(cues, segments, strict=True), 1):
        assert len(cue) == 3
        assert cue[0] == str(number)
        assert cue[2].startswith(f"<v expression>{segment['label']} ")


def _span(times: str) -> tuple[int, int]:
    found = TIMES.fullmatch(times)
    assert found is not None
    values = [int(one) for one in found.groups()]
    start, end = (
        ((values[at] * 60 + values[at + 1]) * 60 + values[at + 2]) * 1000 + values[at + 3]
        for at in (0, 4)
    )
    assert start < end
    return start, end
