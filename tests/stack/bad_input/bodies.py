"""Rows 10-15, 43-52 and 57-59: bodies that hold no recording, or not the one they say."""

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterator

from tests.stack.bad_input.door import EDGE, MP4, VIDEO, Door, body, part, told
from tests.stack.bad_input.row import Row

LIMIT = 8 * 2**20
"""As the stack of the tests is set up."""
PIECE = 2**16
CLOSED = {"connection": "close"}


def form(
    number: int, what: str, content: bytes, content_type: str = EDGE, pointer: str | None = None
) -> Row:
    status, code = (400, "malformed_request") if pointer is None else (422, "validation_error")
    return Row(
        number=number, sent=what, send=lambda door: door.post(content, content_type),
        status=status, code=code, pointer=pointer,
    )  # fmt: skip


PARTS = (
    form(10, "an empty form", b"", pointer="/video"),
    Row(
        number=10, sent="an empty body", send=lambda door: door.post(b"", "video/mp4"),
        status=422, code="validation_error", pointer="/video",
    ),
    form(11, "no part `video`", body(part("request", b"{}")), pointer="/video"),
    form(12, "two parts `video`", body(VIDEO, VIDEO), pointer="/video"),
    form(13, "a part without a name", body(VIDEO, part(None, b"x")), pointer=""),
    form(14, "an unknown part", body(VIDEO, part("film", b"x")), pointer="/film"),
    form(15, "a wrong boundary", body(VIDEO), "multipart/form-data; boundary=other"),
    form(15, "no boundary", body(VIDEO), "multipart/form-data"),
    form(15, "10,000 parts", body(*[part(f"p{i}", b"x") for i in range(10_000)])),
    form(15, "a part header of 1 MB", body(part("video", MP4, b"X-Long: " + b"a" * 2**20))),
    form(15, "a form that is never closed", VIDEO),
)  # fmt: skip


def chunked_over_the_limit(door: Door):
    def pieces() -> Iterator[bytes]:
        yield MP4
        for _ in range(3 * LIMIT // PIECE):
            yield bytes(PIECE)

    return door.post(pieces(), "video/mp4")


def announced_over_the_limit(door: Door):
    head = "POST /v1/assessments HTTP/1.1\r\nContent-Type: video/mp4\r\nContent-Length: 99999999999"
    return door.say(head)


def shorter_than_announced(door: Door):
    head = "POST /v1/assessments HTTP/1.1\r\nContent-Type: video/mp4\r\nContent-Length: 1000"
    return door.say(head, MP4, hang_up=True)


def digest(content: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


def with_digest(number: int, what: str, value: str, code: str) -> Row:
    return Row(
        number=number, sent=what,
        send=lambda door: door.post(MP4, "video/mp4", **{"content-digest": value}),
        status=422, code=code, pointer="/headers/content-digest",
    )  # fmt: skip


TRANSFERS = (
    Row(
        number=43, sent="Content-Length above the limit", send=announced_over_the_limit,
        status=413, code="too_large", fields={"limit_bytes": LIMIT}, headers=CLOSED,
    ),
    Row(
        number=44, sent="chunked above the limit", send=chunked_over_the_limit,
        status=413, code="too_large", fields={"limit_bytes": LIMIT}, headers=CLOSED,
    ),
    Row(
        number=45, sent="a body shorter than Content-Length", send=shorter_than_announced,
        status=0,  # nobody is there any more to be answered
    ),
    with_digest(46, "a wrong digest", digest(b"another"), "digest_mismatch"),
    Row(
        number=46, sent="a wrong sha256 in the options",
        send=lambda door: door.post(told({"sha256": "0" * 64})),
        status=422, code="digest_mismatch", pointer="/request/sha256",
    ),
    with_digest(47, "a digest of an unknown algorithm", "md5=:AAAA:", "validation_error"),
    with_digest(47, "a digest that is none", "sha-256=no", "validation_error"),
)  # fmt: skip


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("video.mp4", b"no video")
    return buffer.getvalue()


NO_VIDEOS = (
    (49, "text", b"this is no video, whatever its name says\n" * 10),
    (50, "SVG", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    (51, "ZIP", zipped()),
    (52, "PDF named .mp4", b"%PDF-1.7\n" + bytes(4000)),
    (57, "HLS playlist", b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n"),
    (58, "DASH manifest", b"<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'/>"),
    (59, "concat script", b"ffconcat version 1.0\nfile other.mp4\n"),
    (59, "session description", b"v=0\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n"),
)


def no_video(number: int, what: str, content: bytes) -> Row:
    file = part("video", content).replace(b'"video"', b'"video"; filename="recording.mp4"', 1)
    return Row(
        number=number, sent=what, send=lambda door: door.post(body(file)),
        status=415, code="not_a_video",
    )  # fmt: skip


CONTENTS = (
    form(48, "an empty file", body(part("video", b"")), pointer="/video"),
    *(no_video(*one) for one in NO_VIDEOS),
)
