"""Rows F081-F106 and F127-F129: how a recording is wrapped, and what is none."""

import base64
import hashlib
from collections.abc import Iterator

import httpx

from tests.stack.bad_input.bodies import LIMIT, PIECE
from tests.stack.bad_input.door import EDGE, MP4, VIDEO, Door, body, part
from tests.stack.bad_input.row import Row, Send


def form(number: int, what: str, content: bytes, content_type: str = EDGE) -> Row:
    return Row(
        number=f"F{number:03}",
        sent=what,
        send=lambda door: door.post(content, content_type),
        status=400,
        code="malformed_request",
    )


def no_video(number: int, what: str, content: bytes, content_type: str = "video/mp4") -> Row:
    return Row(
        number=f"F{number:03}",
        sent=what,
        send=lambda door: door.post(content, content_type),
        status=415,
        code="not_a_video",
    )


def let_in(door: Door, answer: httpx.Response) -> httpx.Response:
    """Note that it was taken, and leave nothing of it."""
    if answer.status_code == 202:
        door.ask("DELETE", answer.json()["urls"]["self"])
    return answer


def taken(number: int, what: str, send: Send, absent: tuple[str, ...] = ()) -> Row:
    """What looks bad and is no harm: taken, and its words are nowhere."""
    return Row(
        number=f"F{number:03}",
        sent=what,
        send=lambda door: let_in(door, send(door)),
        status=202,
        absent=absent,
    )


def named(name: bytes) -> bytes:
    return body(part("video", MP4).replace(b'"video"', b'"video"; filename="%b"' % name, 1))


def just_as_large_as_may_be(door: Door) -> httpx.Response:
    def pieces() -> Iterator[bytes]:
        yield MP4
        left = LIMIT - len(MP4)
        while left:
            yield bytes(min(PIECE, left))
            left -= min(PIECE, left)

    return door.post(pieces(), "video/mp4")


def digested(number: int, what: str, value: str) -> Row:
    return Row(
        number=f"F{number:03}",
        sent=what,
        send=lambda door: door.post(MP4, "video/mp4", **{"content-digest": value}),
        status=422,
        code="validation_error",
        pointer="/headers/content-digest",
    )


SHA = base64.b64encode(hashlib.sha256(MP4).digest()).decode()
NAMES = (
    (100, b"../../etc/passwd"),
    (101, b"a\0b"),
    (102, b"x" * 3000),
    (102, b"CON"),
    (102, b".htaccess"),
    (102, b""),
    (103, b"a.m3u8"),
    (104, b"=cmd()"),
    (104, b"<script>"),
    (104, "\u202e4pm.exe".encode()),
    (127, b"img%03d.png"),
)
FORMS = (
    *(no_video(82, f"{size} bytes", MP4[:size]) for size in (1, 7)),
    no_video(82, "63 bytes of nothing", bytes(63)),
    taken(85, "just as many bytes as may be", just_as_large_as_may_be),
    digested(88, "a digest that is no base64", "sha-256=:!!!:"),
    digested(88, "a digest of two recordings", f"sha-256=:{SHA}:, sha-256=:{'A' * 44}:"),
    form(91, "a boundary of 300", body(VIDEO), "multipart/form-data; boundary=" + "x" * 300),
    form(92, "a part with nine header fields", body(part("video", MP4, *[b"X-Many: a"] * 9))),
    form(
        92, "a header field of 5 kB in a part", body(part("video", MP4, b"X-Long: " + b"a" * 5000))
    ),
    form(97, "line feeds alone", VIDEO.replace(b"\r\n", b"\n")),
    taken(
        98, "a charset that is none", lambda door: door.post(body(VIDEO), EDGE + "; charset=bogus")
    ),
    form(99, "4 MB before the first part", b"x" * 2**22 + body(VIDEO)),
    *(
        taken(
            number,
            f"the file name {name[:12]!r}",
            lambda door, name=name: door.post(named(name)),
            ("passwd", "script", "m3u8"),
        )
        for number, name in NAMES
    ),
    form(102, "a file name of 5 kB", named(b"x" * 5000)),
    Row(
        number="F105",
        sent="a recording under the name of JSON",
        send=lambda door: door.post(MP4, "application/json"),
        status=422,
        code="validation_error",
        pointer="",
    ),
    *(
        no_video(106, f"{what} under the name of a video", content)
        for what, content in (
            ("PDF", b"%PDF-1.7\n" + bytes(500)),
            ("ZIP", b"PK\x03\x04" + bytes(500)),
            ("HTML", b"<!doctype html><title>x</title>" * 9),
            ("EXE", b"MZ" + bytes(500)),
        )
    ),
)


ISO = b"\x00\x00\x00\x18ftyp"
STILLS = {
    "GIF": b"GIF89a",
    "WebP": b"RIFF\x10\x00\x00\x00WEBPVP8 ",
    "AVIF": ISO + b"avif",
    "HEIC": ISO + b"heic",
    "BMP": b"BM",
    "TIFF": b"II*\0",
}
STREAMS = {
    "Flash": b"FLV\x01\x05",
    "Windows Media": bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"),
    "Ogg": b"OggS\0\x02",
    "MXF": bytes.fromhex("060e2b34020501010d0102"),
    "bare H.264": b"\0\0\0\x01\x67\x42",
    "an APK": b"PK\x03\x04",
    "MPEG audio": b"ID3\x04",
}
OTHERS = (
    *(
        no_video(128, f"{name}, which is no video here", head + bytes(600))
        for name, head in STILLS.items()
    ),
    *(
        no_video(129, f"{name}, which nobody opens", head + bytes(600))
        for name, head in STREAMS.items()
    ),
)


ROWS = (*FORMS, *OTHERS)
