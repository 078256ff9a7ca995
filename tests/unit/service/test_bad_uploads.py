"""Bad request bodies: each is refused by name, and nothing of it stays."""

import asyncio
import io
from dataclasses import dataclass, replace

import pytest

from service.staging import StagedVideo, Staging

MP4 = b"\x00\x00\x00\x18ftypisom" + bytes(300)
TYPE = "multipart/form-data; boundary=edge"


def part(name: str | None, content: bytes, *headers: bytes) -> bytes:
    named = f'; name="{name}"'.encode() if name is not None else b""
    lines = [b"--edge", b"Content-Disposition: form-data" + named, *headers, b"", content, b""]
    return b"\r\n".join(lines)


def body(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--edge--\r\n"


VIDEO = part("video", MP4)
REQUEST = part("request", b"{}")


def refused(house, answer, status, code, pointer=None):
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    if pointer is not None:
        assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert answer.headers["content-type"] == "application/problem+json"
    assert house.empty
    return answer.json()


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        (b"", "/video"),
        (body(REQUEST), "/video"),
        (body(part("video", b"")), "/video"),
        (body(VIDEO, VIDEO), "/video"),
        (body(REQUEST, REQUEST, VIDEO), "/request"),
        (body(VIDEO, part("film", b"x")), "/film"),
        (body(VIDEO, part("Anna Muster, 1980", b"x")), ""),
        (body(VIDEO, part(None, b"x")), ""),
        (body(part("request", b" " * 70_000), VIDEO), "/request"),
    ],
    ids=[
        "empty", "no-video", "empty-video", "two-videos", "two-requests",
        "unknown-part", "part-with-a-persons-name", "nameless-part", "large-request",
    ],
)  # fmt: skip
def test_wrong_parts_are_refused_with_a_pointer(house, content, pointer):
    answer = house.send_raw(content, TYPE)

    refused(house, answer, 422, "validation_error", pointer)
    assert "Anna" not in answer.text


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (body(VIDEO), "multipart/form-data"),
        (body(VIDEO), "multipart/form-data; boundary="),
        (body(VIDEO), "multipart/form-data; boundary=" + "x" * 300),
        (body(VIDEO), "multipart/form-data; boundary=other"),
        (VIDEO, TYPE),
        (VIDEO.replace(b"\r\n", b"\n"), TYPE),
        (b"no multipart at all", TYPE),
        (b"x" * 90_000 + body(VIDEO), TYPE),
        (body(part("video", MP4, b"X-Long: " + b"a" * 2**20)), TYPE),
        (body(part("video", MP4, *[b"X-Many: a"] * 9)), TYPE),
        (body(*[part(f"p{i}", b"x") for i in range(10_000)])[:200_000], TYPE),
    ],
    ids=[
        "no-boundary", "empty-boundary", "long-boundary", "wrong-boundary", "never-closed",
        "line-feeds", "text", "preamble", "large-part-header", "many-part-headers", "many-parts",
    ],
)  # fmt: skip
def test_malformed_bodies_are_refused(house, content, content_type):
    house.build(upload_max_bytes=5_000_000)

    answer = house.send_raw(content, content_type)

    refused(house, answer, 400, "malformed_request")


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "image/gif", "audio/mp4", "video/", ""]
)
def test_another_content_type_is_refused(house, content_type):
    answer = house.send_raw(body(VIDEO), content_type)

    refused(house, answer, 415, "unsupported_media_type")


def test_a_compressed_body_is_refused(house):
    answer = house.send_raw(body(VIDEO), TYPE, headers={"content-encoding": "gzip"})

    refused(house, answer, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "content",
    [
        b"x",
        b"just text, however long it may be " * 20,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"PK\x03\x04" + bytes(300),
        b"%PDF-1.7\n" + bytes(300),
        b"GIF89a" + bytes(300),
        b"RIFF\x00\x01\x00\x00WEBPVP8 " + bytes(300),
        b"#EXTM3U\n#EXT-X-VERSION:3\nhttp://127.0.0.1/a.ts\n" + bytes(200),
        b'<?xml version="1.0"?><MPD/>' + bytes(300),
        b"ffconcat version 1.0\nfile other.mp4\n" + bytes(300),
        b"RIFF\x00\x01\x00\x00WAVEfmt " + bytes(300),
        b"\x00\x00\x00\x18ftypavif" + bytes(300),
        b"\x00\x00\x00\x18ftypheic" + bytes(300),
        b"G" + bytes(300),
    ],
)
def test_what_is_no_video_is_refused_at_once(house, content):
    refused(house, house.send(video=content), 415, "not_a_video")


@pytest.mark.parametrize("announced", [True, False])
def test_too_large_recordings_are_refused_with_the_limit(house, announced):
    content = body(part("video", MP4 + bytes(house.rules.upload_max_bytes)))

    async def pieces():
        for start in range(0, len(content), 10_000):
            yield content[start : start + 10_000]

    answer = house.send_raw(content if announced else pieces(), TYPE)

    problem = refused(house, answer, 413, "too_large")
    assert problem["limit_bytes"] == house.rules.upload_max_bytes


def test_an_announcement_above_the_limit_is_refused_before_a_byte_is_read(house):
    async def nothing():
        raise AssertionError("the body was read")
        yield b""

    answer = house.send_raw(nothing(), TYPE, headers={"content-length": str(2**40)})

    assert answer.status_code == 413


def test_an_endless_epilogue_is_cut_off(house):
    async def pieces():
        yield body(VIDEO)
        while True:
            yield bytes(50_000)

    refused(house, house.send_raw(pieces(), TYPE), 413, "too_large")


def test_a_body_that_stops_arriving_is_given_up(house):
    house.build(idle_s=0.05)

    async def pieces():
        yield body(VIDEO)[:150]
        await asyncio.sleep(5)
        yield b""

    refused(house, house.send_raw(pieces(), TYPE), 408, "request_timeout")


def test_an_invalid_request_is_refused_before_the_recording_is_read(house):
    async def pieces():
        yield part("request", b'{"sampling": {"every_ms": 0}}') + b"--edge\r\n"
        raise AssertionError("the recording was read")

    answer = house.send_raw(pieces(), TYPE)

    refused(house, answer, 422, "validation_error", "/request/sampling/every_ms")


def test_a_disk_without_room_refuses(house):
    house.build(free_min_bytes=2**62)

    answer = house.send()

    refused(house, answer, 507, "insufficient_storage")
    assert int(answer.headers["retry-after"]) > 0


@dataclass(frozen=True, slots=True)
class FullDisk(Staging):
    """A staging folder whose disk is full from the first byte on."""

    def open(self) -> StagedVideo:
        video = Staging.open(self)
        video.staged.file.close()
        return StagedVideo(replace(video.staged, file=io.FileIO("/dev/full", "wb")))


def test_a_disk_that_fills_up_leaves_nothing(house):
    desk = house.app.state.desk
    full = FullDisk(house.blobs.staging, 100_000, 0)
    house.app.state.desk = replace(desk, uploads=replace(desk.uploads, staging=full))

    refused(house, house.send(), 507, "insufficient_storage")
