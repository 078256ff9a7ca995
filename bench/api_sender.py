"""Sends large bodies as fast as a socket takes them, so that the server is what is measured.

    python -m bench.api_sender URL KEY MEBIBYTES MEBIBYTES_PER_SECOND     until it is stopped

As a command it sends recordings whose digest is announced wrongly: they are received, hashed and
written whole, then refused, so that nothing is left to be measured.
"""

import json
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

BLOCK_BYTES: Final = 2**20
HEAD: Final = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"
"""The first bytes of an MP4 file: what follows does not decode, and nobody tries."""
WRONG_DIGEST: Final = "0" * 64
TIMEOUT_S: Final = 120.0


@dataclass(frozen=True, slots=True)
class Body:
    """A body of so many bytes between two short ends, sent at most at a rate (0: none)."""

    size: int
    before: bytes = b""
    after: bytes = b""
    bytes_per_s: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def length(self) -> int:
        """All bytes of the body."""
        return len(self.before) + self.size + len(self.after)


def send(method: str, url: str, body: Body) -> tuple[int, dict[str, str], bytes]:
    """Send one request on a connection of its own; return status, headers and body."""
    address = urlsplit(url)
    host, port = address.hostname or "", address.port or 80
    with socket.create_connection((host, port), TIMEOUT_S) as line:
        lines = [f"{method} {address.path or '/'} HTTP/1.1", f"Host: {host}:{port}"]
        lines += [f"{name}: {value}" for name, value in body.headers.items()]
        lines += [f"Content-Length: {body.length}", "Connection: close", "", ""]
        line.sendall("\r\n".join(lines).encode() + body.before)
        _send_content(line, body)
        line.sendall(body.after)
        return _answer(line)


def _send_content(line: socket.socket, body: Body) -> None:
    block, sent, began = memoryview(bytes(BLOCK_BYTES)), 0, time.monotonic()
    if body.size:
        line.sendall(HEAD)
        sent = len(HEAD)
    while sent < body.size:
        sent += len(part := block[: body.size - sent])
        line.sendall(part)
        if body.bytes_per_s:
            time.sleep(max(0.0, began + sent / body.bytes_per_s - time.monotonic()))


def _answer(line: socket.socket) -> tuple[int, dict[str, str], bytes]:
    received = bytearray()
    while chunk := line.recv(65536):
        received += chunk
    head, _, content = bytes(received).partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    fields = (one.partition(":") for one in rest)
    headers = {name.lower(): value.strip() for name, _, value in fields}
    return int(first.split()[1]), headers, content


def main(url: str, key: str, mebibytes: str, rate: str) -> None:
    """Send until stopped; end when an answer is not the one that is meant."""
    asked = json.dumps({"sha256": WRONG_DIGEST})
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "video/mp4",
        "Mien-Request": asked,
    }
    body = Body(int(mebibytes) * 2**20, bytes_per_s=float(rate) * 2**20, headers=headers)
    while True:
        status, _, content = send("POST", f"{url}/v1/assessments", body)
        if status != 422:
            sys.exit(f"{status}: {content[:300]!r}")


if __name__ == "__main__":
    main(*sys.argv[1:])
