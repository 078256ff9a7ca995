"""Rows F001-F036: bytes on a line that are no HTTP, or too much of it."""

import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import httpx

from tests.stack.bad_input.door import MP4, Door, parsed
from tests.stack.bad_input.row import Row, Send

HOST = b"Host: localhost\r\n"
LAST = b"Connection: close\r\n"
MODELS = b"/v1/models"
SILENT_S = 30.0
CLOSED = {"connection": "close"}
TYPE = b"Content-Type: video/mp4\r\n"
TLS = bytes.fromhex("16030100c8010000c40303") + bytes(96)


@dataclass(frozen=True, slots=True)
class Line:
    """What goes over one line; `asked` precedes the key, `after` follows the head."""

    asked: bytes
    after: bytes = b"\r\n"
    answers: int = 1

    def __call__(self, door: Door) -> httpx.Response:
        """Send it, and return the first answer; the service must have closed the line."""
        key = f"Authorization: Bearer {door.key}\r\n".encode() if self.after else b""
        came = b""
        with socket.create_connection(("127.0.0.1", door.stack.port), timeout=SILENT_S) as line:
            # It may close while we still send; what it said came before, and can be read.
            with suppress(BrokenPipeError, ConnectionResetError):
                line.sendall(self.asked + key + self.after)
            with suppress(ConnectionResetError):
                while received := line.recv(65536):
                    came += received
        assert came.count(b"HTTP/1.1 ") == self.answers, came[:500]
        return parsed(came)


def get(*fields: bytes, path: bytes = MODELS, version: bytes = b"HTTP/1.1") -> bytes:
    return b"GET %b %b\r\n" % (path, version) + b"".join(fields)


def post(*fields: bytes) -> bytes:
    return b"POST /v1/assessments HTTP/1.1\r\n" + HOST + TYPE + b"".join(fields)


def refused(number: int, sent: str, send: Send, status: int = 400, code: str | None = None) -> Row:
    usual = {400: "malformed_request", 404: "not_found", 431: "head_too_large"}
    return Row(
        number=f"F{number:03}",
        sent=sent,
        send=send,
        status=status,
        code=code or usual.get(status),
        headers=CLOSED,
    )


def lost(number: int, path: bytes) -> Row:
    """An address that leads nowhere, however it is spelt."""
    asked = Line(get(HOST, LAST, path=path))
    return refused(number, f"the path {path.decode()[:40]}", asked, 404)


def length(value: bytes) -> bytes:
    return b"Content-Length: %b\r\n" % value


def served(number: int, sent: str, send: Send, headers: Mapping[str, str] | None = None) -> Row:
    return Row(number=f"F{number:03}", sent=sent, send=send, status=200, headers=headers or {})


CHUNKED = b"Transfer-Encoding: chunked\r\n"
HEADS = (
    refused(1, "no Host", Line(get(LAST))),
    refused(2, "two hosts", Line(get(HOST, HOST, LAST))),
    refused(2, "two hosts that differ", Line(get(HOST, b"Host: elsewhere\r\n", LAST))),
    refused(3, "a host with a path", Line(get(b"Host: a/admin?x=\r\n", LAST))),
    refused(
        5,
        "an address at another host",
        Line(get(HOST, LAST, path=b"http://evil.example/v1/models")),
    ),
    refused(6, "a length and chunks", Line(post(length(b"5"), CHUNKED), b"\r\n0\r\n\r\n")),
    refused(7, "two lengths", Line(post(length(b"5"), length(b"6")), b"\r\nabcde")),
    *(
        refused(8, f"the length {value.decode()}", Line(post(length(value)), b"\r\nabcde"))
        for value in (b"-1", b"+5", b"1e3", b"0x10", b"")
    ),
    refused(9, "the length 2^64", Line(post(length(b"%d" % 2**64)), b"\r\nabcde")),
    refused(
        9, "the length 2^63", Line(post(length(b"%d" % 2**63)), b"\r\nabcde"), 413, "too_large"
    ),
    refused(11, "a chunk of ZZ bytes", Line(post(CHUNKED), b"\r\nZZ\r\nabcde\r\n0\r\n\r\n")),
    refused(
        11,
        "a good chunk and one of ZZ bytes",
        Line(post(CHUNKED), b"\r\n%x\r\n%b\r\nZZ\r\n" % (len(MP4), MP4)),
    ),
    refused(12, "a chunk of 17 digits", Line(post(CHUNKED), b"\r\n11111111111111111\r\nabcde\r\n")),
    refused(13, "a field of 70 kB", Line(get(HOST, LAST, b"X-A: " + b"a" * 70_000 + b"\r\n")), 431),
    refused(13, "a field of 2 MB", Line(get(HOST, LAST, b"X-A: " + b"a" * 2**21 + b"\r\n")), 431),
    refused(
        13, "a field of 2 MB that does not end", Line(get(HOST, b"X-A: " + b"a" * 2**21), b""), 431
    ),
    refused(
        14,
        "10,000 fields",
        Line(get(HOST, LAST, *[b"X-%d: a\r\n" % i for i in range(10_000)])),
        431,
    ),
    refused(
        14,
        "101 short fields",
        Line(get(HOST, LAST, *[b"X-%d: a\r\n" % i for i in range(101)])),
        431,
    ),
    refused(
        15,
        "an address of 9 kB",
        Line(get(HOST, LAST, path=b"/v1/models?a=" + b"a" * 9000)),
        414,
        "address_too_long",
    ),
    refused(15, "an address of 100 kB", Line(get(HOST, LAST, path=b"/" + b"a" * 100_000)), 431),
    refused(16, "NUL in a field", Line(get(HOST, LAST, b"X-A: a\0b\r\n"))),
    refused(17, "a field over two lines", Line(get(HOST, LAST, b"X-A: a\r\n b\r\n"))),
    refused(18, "a space before the colon", Line(get(HOST, LAST, b"X-A : a\r\n"))),
)
PATHS = (
    lost(19, b"/v1/assessments/%00"),
    *(
        lost(20, path)
        for path in (
            b"/v1/%2e%2e%2fmodels",
            b"/v1/x/..;/models",
            b"//v1/models",
            b"/v1//models",
            b"/v1/assessments/../models",
            b"/./v1/models",
            b"/v1/models%2f",
        )
    ),
    lost(21, b"/v1/assessments/%ff"),
    refused(22, "0xff in the path", Line(get(HOST, LAST, path=b"/v1/assessments/\xff"))),
    refused(23, "the method FOO", Line(b"FOO /v1/models HTTP/1.1\r\n" + HOST + LAST)),
    refused(
        23, "TRACE", Line(b"TRACE /v1/models HTTP/1.1\r\n" + HOST + LAST), 405, "method_not_allowed"
    ),
    refused(23, "CONNECT", Line(b"CONNECT localhost:80 HTTP/1.1\r\n" + HOST + LAST)),
    refused(25, "HTTP/0.9", Line(b"GET /livez\r\n")),
    *(
        refused(26, version.decode(), Line(get(HOST, LAST, path=b"/livez", version=version)))
        for version in (b"HTTP/2.0", b"HTTP/3.0", b"HTTP/1.2", b"HTTP/9")
    ),
    refused(27, "the beginning of TLS", Line(TLS, b"")),
    refused(
        29,
        "an expectation that nobody has",
        Line(get(HOST, LAST, b"Expect: banana\r\n")),
        417,
        "expectation_failed",
    ),
)

ANNOUNCED = post(b"Expect: 100-continue\r\n", length(b"99999999999"))
SECOND = get(HOST, LAST, path=b"/livez") + b"\r\n"
ENDS = (
    refused(28, "a body too large that waits to be asked for", Line(ANNOUNCED), 413, "too_large"),
    served(
        33,
        "ten thousand ranges of a report",
        lambda door: door.ask(
            "GET",
            f"/v1/assessments/{door.ended}/timeline",
            headers={"range": "bytes=" + "0-1," * 10_000 + "0-1"},
        ),
    ),
    Row(
        number="F034",
        sent="Accept: text/html alone",
        send=lambda door: door.ask("GET", "/v1/models", headers={"accept": "text/html"}),
        status=406,
        code="not_acceptable",
    ),
    refused(
        36,
        "a second request after one that is refused",
        Line(
            b"POST /v1/assessments HTTP/1.1\r\nContent-Type: text/plain\r\n" + HOST + length(b"2"),
            b"\r\nab" + SECOND,
        ),
        415,
        "unsupported_media_type",
    ),
    refused(36, "a second request after no HTTP", Line(get(b"X : a\r\n", HOST), b"\r\n" + SECOND)),
)
ROWS = (*HEADS, *PATHS, *ENDS)
