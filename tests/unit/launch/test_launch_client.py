"""The client against a transport that answers like the API."""

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from rich.console import Console

from launch.__main__ import main, parser
from launch.assess import require_result
from launch.assess_command import Command, Terminal
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


def test_what_follows_the_last_dot_of_a_name_that_says_no_kind_stays_here(tmp_path: Path) -> None:
    video, seen = tmp_path / "visit 3. Mrs Smith", list[bytes]()
    video.write_bytes(b"recording")

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.read())
        return httpx.Response(202, json={"id": "asm_1", "status": "queued"})

    api(answer).create(video, {})

    assert b'filename="recording"' in seen[0]
    assert b"Smith" not in seen[0]


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


@pytest.mark.parametrize(
    "wrong",
    [
        ["--url", "http://[::1"],
        ["--url", "http://a..b"],
        ["--url", "http://ü..x"],
        ["--key", "ключ"],
    ],
)
def test_an_address_or_a_key_that_no_request_can_carry_is_wrong_usage(
    video: Path, wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["assess", str(video), "--key", "sk_live_x", *wrong], {})

    assert code == 2
    assert "cannot be right" in capsys.readouterr().err


def test_an_idempotency_key_that_no_header_can_carry_is_wrong_usage(video: Path) -> None:
    with pytest.raises(SystemExit) as left:
        main(["assess", str(video), "--key", "sk_live_x", "--idempotency-key", "ü"], {})

    assert left.value.code == 2


def test_stopped_before_the_answer_it_does_not_say_that_nothing_was_created(
    video: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(request: httpx.Request) -> httpx.Response:
        request.read()  # All of it has arrived.
        raise KeyboardInterrupt

    arguments = parser().parse_args(["assess", str(video)])
    http = httpx.Client(base_url="http://mien.test", transport=httpx.MockTransport(stopped))

    code = Command(http, arguments, Terminal(Console(), Console())).run()

    said = capsys.readouterr().out
    assert code == 130
    assert "nothing was created" not in said
    assert "what had arrived whole is assessed" in said


def test_a_failed_assessment_is_told_with_its_reason() -> None:
    failed = {
        "id": "asm_1",
        "status": "failed",
        "error": {"code": "no_video_stream", "detail": "It has sound only."},
    }

    with pytest.raises(AssessmentFailed, match=r"asm_1 failed, no_video_stream: It has sound only"):
        require_result(failed)
