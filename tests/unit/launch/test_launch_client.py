"""The client against a transport that answers like the API."""

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from launch.assess import require_result
from launch.client import Assessments, connect
from launch.faults import AssessmentFailed, Refused, Unreachable

Answer = Callable[[httpx.Request], httpx.Response]


def api(answer: Answer) -> Assessments:
    transport = httpx.MockTransport(answer)
    return Assessments(httpx.Client(base_url="http://mien.test", transport=transport))


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "visit.mp4"
    path.write_bytes(b"recording")
    return path


def test_the_request_goes_before_the_recording(video: Path) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        request.read()
        seen.append(request)
        return httpx.Response(202, json={"id": "asm_1", "status": "queued"})

    created = api(answer).create(video, {"analyses": ["expression"]})

    body = seen[0].content.decode()
    assert created["id"] == "asm_1"
    assert body.index('name="request"') < body.index('name="video"; filename="recording.mp4"')
    assert json.dumps({"analyses": ["expression"]}) in body
    assert "Content-Type: application/json" in body
    assert "Content-Type: video/mp4" in body
    assert int(seen[0].headers["Content-Length"]) == len(seen[0].content)


def test_an_assessment_is_followed_to_its_end() -> None:
    states = iter(["queued", "processing", "succeeded"])
    pauses: list[float] = []

    followed = api(lambda _: httpx.Response(200, json={"status": next(states)})).follow(
        "asm_1", pauses.append
    )

    assert [one["status"] for one in followed] == ["queued", "processing", "succeeded"]
    assert len(pauses) == 2


def test_a_problem_is_told_in_the_services_words() -> None:
    problem = {"title": "Too large", "detail": "At most 500 MB.", "code": "content-too-large"}

    with pytest.raises(
        Refused, match=r"Too large \(HTTP 413, content-too-large\)\. At most 500 MB\."
    ) as refused:
        api(lambda _: httpx.Response(413, json=problem)).get("asm_1")

    assert refused.value.code == "content-too-large"


@pytest.mark.parametrize("body", [b"<html>", b"[]", b""])
def test_an_error_without_a_problem_is_told_by_its_status(body: bytes) -> None:
    with pytest.raises(Refused, match="Bad Gateway"):
        api(lambda _: httpx.Response(502, content=body)).get("asm_1")


def test_a_closed_port_is_told_with_its_address() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(Unreachable, match=r"http://mien\.test/v1/assessments/asm_1 .*refused"):
        api(answer).get("asm_1")


def test_a_timeline_is_written_as_it_came(tmp_path: Path) -> None:
    lines = b'{"at_ms": 0}\n{"at_ms": 400}\n'

    api(lambda _: httpx.Response(200, content=lines)).save_timeline("asm_1", tmp_path / "t")

    assert (tmp_path / "t").read_bytes() == lines


def test_a_refused_report_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        api(lambda _: httpx.Response(404)).save_report("asm_1", tmp_path / "report.html")

    assert not (tmp_path / "report.html").exists()


def test_the_key_is_sent_as_a_bearer() -> None:
    with connect("http://mien.test", "sk_live_x", use_proxies=False) as http:
        assert http.headers["Authorization"] == "Bearer sk_live_x"


def test_a_failed_assessment_is_told_with_its_reason() -> None:
    failed = {
        "id": "asm_1",
        "status": "failed",
        "error": {"code": "no_video_stream", "detail": "It has sound only."},
    }

    with pytest.raises(AssessmentFailed, match=r"asm_1 failed, no_video_stream: It has sound only"):
        require_result(failed)
