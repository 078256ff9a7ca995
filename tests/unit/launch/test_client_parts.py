"""The small pure parts of the client: patience, events, progress, recordings."""

import hashlib
import os
from pathlib import Path

import pytest

from launch.event_source import Event, events_of
from launch.faults import LaunchFault, Refused, Unreachable, WrongUsage
from launch.patience import delay_s
from launch.progress import Countdown, outlook
from launch.recording import Counted, sha256_of


def refused(status: int, retry_after_s: float | None = None, code: str = "") -> Refused:
    return Refused(status, "No", "", code, retry_after_s=retry_after_s)


@pytest.mark.parametrize(
    ("fault", "failures", "delay"),
    [
        (Unreachable("x"), 1, 0.5),
        (Unreachable("x"), 2, 1.0),
        (Unreachable("x"), 3, None),
        (refused(503), 1, 0.5),
        (refused(503, 5), 1, 5),
        (refused(429, 31), 1, None),
        (refused(409, 1, "idempotency_in_flight"), 1, 1),
        (refused(409, code="already_ended"), 1, None),
        (refused(422), 1, None),
        (WrongUsage("x"), 1, None),
    ],
)
def test_only_what_passes_by_itself_is_tried_again(
    fault: LaunchFault, failures: int, delay: float | None
) -> None:
    assert delay_s(fault, failures, most=2) == delay


def test_delays_grow_up_to_a_limit() -> None:
    delays = [delay_s(Unreachable("x"), n, most=20) or 0 for n in range(1, 12)]

    assert delays == sorted(delays)
    assert delays[-1] == 8


def test_events_are_read_with_their_ids_and_comments_are_passed_over() -> None:
    stream = ["retry: 2000", "", ": heartbeat", "", "id: 1", "event: progress", 'data: {"a":1}', ""]
    stream += ["data: {", 'data: "b": 2}', "", "event: ended", "data: {}"]

    assert list(events_of(stream)) == [
        Event("1", "progress", {"a": 1}),
        Event("1", "message", {"b": 2}),
    ]


@pytest.mark.parametrize(
    ("assessment", "said"),
    [
        ({"status": "queued", "progress": {"queue_position": 3, "eta_ms": None}}, ", 3 ahead"),
        ({"status": "queued", "progress": {"queue_position": 0}}, ""),
        (
            {"status": "processing", "progress": {"eta_ms": {"p50": 11_600, "p90": 20_000}}},
            ", about 12 s left",
        ),
        ({"status": "succeeded"}, ""),
    ],
)
def test_what_lies_ahead_is_said_when_it_is_known(assessment: dict[str, object], said: str) -> None:
    assert outlook(assessment, Countdown()) == said


def test_the_time_left_falls_and_rises_only_for_what_is_news() -> None:
    countdown = Countdown()

    told = [countdown.told_s(guess_s) for guess_s in (20, 14.2, 15.4, 13.1, 16, 12, 24, 23.4, 0.1)]

    assert told == [20, 14, 14, 13, 13, 12, 24, 23, 1]


def test_an_assessment_that_waits_again_is_timed_anew() -> None:
    countdown = Countdown()
    countdown.told_s(3)

    outlook({"status": "queued", "progress": {}}, countdown)

    assert countdown.told_s(9) == 9


def test_a_recording_is_read_whole_and_counted(tmp_path: Path) -> None:
    content = os.urandom(300_000)
    path, counts = tmp_path / "a.mp4", list[int]()
    path.write_bytes(content)

    with Counted(path, counts.append) as file:
        read = b"".join(iter(lambda: file.read(65536), b""))

    assert read == content
    assert counts[-1] == len(content)
    assert counts == sorted(counts)
    assert sha256_of(path) == hashlib.sha256(content).hexdigest()
