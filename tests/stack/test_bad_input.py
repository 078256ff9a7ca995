"""Bad input on the running stack: a problem that says what to do, nothing stored, no harm."""

import io
import json
import socket
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.media import recordings
from tests.stack.conftest import Stack

pytestmark = pytest.mark.stack


def post(
    stack: Stack, content: bytes, request: Any = None, key: str | None = None
) -> httpx.Response:
    parts: dict[str, Any] = {"video": ("recording.mp4", content, "video/mp4")}
    if request is not None:
        text = request if isinstance(request, str) else json.dumps(request)
        parts["request"] = (None, text, "application/json")
    with stack.client() as api:
        return api.post("/v1/assessments", files=parts)


def stored(stack: Stack) -> set[str]:
    """Everything that an upload could leave behind."""
    return {
        str(path.relative_to(stack.data))
        for folder in ("blobs", "staging")
        for path in (stack.data / folder).rglob("*")
    }


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body = answer.json()
    assert body["request_id"]
    assert body["detail"]
    assert "Traceback" not in answer.text
    return answer.status_code, body["code"]


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("video.mp4", b"no video")
    return buffer.getvalue()


NOT_VIDEOS = {
    "empty": b"",
    "text": b"this is no video, whatever its name says\n" * 10,
    "pdf": b"%PDF-1.7\n" + b"\0" * 4000,
    "zip": zipped(),
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "hls playlist": b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n",
    "dash manifest": b"<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'/>",
    "concat script": b"ffconcat version 1.0\nfile other.mp4\n",
    "session description": b"v=0\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
}


@pytest.mark.parametrize("name", NOT_VIDEOS)
def test_what_is_no_video_is_refused_at_the_door(stack: Stack, name: str):
    before = stored(stack)

    status, code = problem(post(stack, NOT_VIDEOS[name]))

    expected = (422, "validation_error") if name == "empty" else (415, "not_a_video")
    assert (status, code) == expected
    assert stored(stack) == before


BAD_REQUESTS: list[tuple[Any, str]] = [
    ("not json", "/request"),
    ([], "/request"),
    ({"unknown": 1}, "/request/unknown"),
    ({"sampling": {"every_ms": 0}}, "/request/sampling"),
    ({"sampling": {"every_ms": -5}}, "/request/sampling"),
    ({"sampling": {"every_ms": "400"}}, "/request/sampling"),
    ('{"sampling": {"every_ms": NaN}}', "/request"),
    ({"sampling": {"every_ms": 400, "every_n_frames": 2}}, "/request/sampling"),
    ({"analyses": []}, "/request/analyses"),
    ({"analyses": ["aura"]}, "/request/analyses"),
    ({"model": "gpt"}, "/request/model"),
    ({"model": 7}, "/request/model"),
    ({"reference": "x" * 300}, "/request/reference"),
    ({"reference": "a\u0000b"}, "/request/reference"),
    ({"metadata": {"a": 1}}, "/request/metadata"),
    ({"metadata": {str(i): "x" for i in range(5000)}}, "/request/metadata"),
    ({"subject": {"select": "region"}}, "/request/subject"),
    ({"callback": {"url": "ftp://example.org"}}, "/request/callback"),
    ({"callback": {"url": "https://169.254.169.254/"}}, "/request/callback"),
    ({"callback": {"url": "https://user:pw@example.org/"}}, "/request/callback"),
    ('{"a":' * 200 + "1" + "}" * 200, "/request"),
    ('{"reference": "\\ud800"}', "/request"),
]


@pytest.mark.parametrize(("request_part", "pointer"), BAD_REQUESTS, ids=range(len(BAD_REQUESTS)))
def test_a_bad_request_part_is_refused_with_its_place(
    stack: Stack, short_face: Path, request_part: Any, pointer: str
):
    before = stored(stack)

    answer = post(stack, short_face.read_bytes(), request_part)

    assert problem(answer)[0] == 422
    assert answer.json()["errors"][0]["pointer"].startswith(pointer)
    assert stored(stack) == before


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Basic abc", "Bearer", "Bearer a b"])
def test_without_a_valid_key_nothing_is_read(stack: Stack, short_face: Path, header: str | None):
    headers = {} if header is None else {"Authorization": header}
    files = {"video": short_face.read_bytes()}

    answer = httpx.post(f"{stack.url}/v1/assessments", files=files, headers=headers)

    assert problem(answer) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", ["/v1/assessments/asm_" + "0" * 32, "/v1/assessments/nonsense"])
def test_an_unknown_id_is_not_found(stack: Stack, path: str):
    assert problem(stack.get(path)) == (404, "not_found")


def test_unknown_paths_and_methods_are_problems_too(stack: Stack):
    with stack.client() as api:
        assert api.get("/v1/nowhere").status_code == 404
        refused = api.put("/v1/assessments")

    assert refused.status_code == 405
    assert "POST" in refused.headers["allow"]


def test_a_missing_a_doubled_and_an_unknown_part_are_named(stack: Stack, short_face: Path):
    video = ("a.mp4", short_face.read_bytes(), "video/mp4")
    before = stored(stack)
    with stack.client() as api:
        missing = api.post("/v1/assessments", files={"request": (None, "{}", "application/json")})
        doubled = api.post("/v1/assessments", files=[("video", video), ("video", video)])
        unknown = api.post("/v1/assessments", files=[("video", video), ("extra", video)])
        plain = api.post(
            "/v1/assessments", content=b"hello", headers={"content-type": "text/plain"}
        )

    assert [one.status_code for one in (missing, doubled, unknown, plain)] == [422, 422, 422, 415]
    assert stored(stack) == before


def test_a_recording_over_the_limit_is_refused_before_it_is_read(stack: Stack):
    head = (
        f"POST /v1/assessments HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {stack.key}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 99999999999\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", stack.port), timeout=10) as connection:
        connection.sendall(head.encode())
        answer = b""
        while not answer.endswith(b"}"):
            received = connection.recv(65536)
            assert received, answer
            answer += received

    assert answer.startswith(b"HTTP/1.1 413")
    assert b"too_large" in answer


def test_a_recording_that_grows_over_the_limit_is_cut_off(stack: Stack, short_face: Path):
    before = stored(stack)

    answer = post(stack, short_face.read_bytes() + bytes(9 * 2**20))

    assert problem(answer) == (413, "too_large")
    assert answer.json()["limit_bytes"] == 8 * 2**20
    assert stored(stack) == before


def truncated(folder: Path) -> Path:
    whole = recordings.record(folder / "whole", recordings.counted(50))
    return recordings.cut(folder / "cut", whole, 0.6)


def sound_only(folder: Path) -> Path:
    return recordings.record_sound(folder / "sound")


UNUSABLE: dict[str, tuple[Callable[[Path], Path], str]] = {
    "truncated": (truncated, "undecodable"),
    "sound only": (sound_only, "no_video_stream"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_turns_out_unusable_fails_with_its_code_and_is_erased(
    stack: Stack, tmp_path: Path, name: str
):
    make, code = UNUSABLE[name]

    body = stack.assess(make(tmp_path))

    assert (body["status"], body["outcome"]) == ("failed", None)
    assert body["error"]["code"] == code
    assert body["error"]["detail"]
    assert body["error"]["retryable"] is False
    assert body["result"] is None
    assert stack.blobs(body["id"]) == {"request.json"}
    assert stack.get(body["urls"]["report"]).status_code == 409


def test_after_all_that_a_good_recording_is_still_assessed(stack: Stack, short_face: Path):
    assert stack.assess(short_face, analyses=["expression"])["outcome"] == "reported"
