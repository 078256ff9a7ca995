"""The door of the running stack, knocked on by a tenant that nobody else uses."""

import json
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import redis

from launch.data_folder import redis_url_of
from tests.stack.conftest import DONE_S, PROJECT, Stack
from tests.stack.waiting import until

MP4 = b"\x00\x00\x00\x18ftypisom" + bytes(300)
"""Begins as an MP4 does; a test key's assessment needs no more."""
EDGE = "multipart/form-data; boundary=edge"
TUS = {"tus-resumable": "1.0.0"}
CHUNK = TUS | {"content-type": "application/offset+octet-stream"}
CLOSED_WITHIN_S = 30.0


def part(name: str | None, content: bytes, *headers: bytes) -> bytes:
    named = f'; name="{name}"'.encode() if name is not None else b""
    lines = [b"--edge", b"Content-Disposition: form-data" + named, *headers, b"", content, b""]
    return b"\r\n".join(lines)


def body(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--edge--\r\n"


VIDEO = part("video", MP4)


@dataclass(frozen=True)
class Door:
    """Keys and ids of a tenant, and ways to ask."""

    stack: Stack
    key: str
    """A test key with every scope: whatever is let in by mistake costs nothing."""
    reader: str
    revoked: str
    foreign: Mapping[str, str]
    """Ids of another tenant: `assessment`, `upload`."""
    ended: str
    deleted: str
    deleted_upload: str
    client: httpx.Client

    def ask(self, method: str, path: str, *, key: str | None = "", **more: Any) -> httpx.Response:
        """Send a request with the test key, another one, or none."""
        given = more.pop("headers", {})
        own = {} if key is None else {"authorization": f"Bearer {key or self.key}"}
        return self.client.request(method, path, headers=own | given, **more)

    def post(self, content: Any, content_type: str = EDGE, **headers: str) -> httpx.Response:
        """Send a body that is to become an assessment."""
        told = {"content-type": content_type, **headers}
        return self.ask("POST", "/v1/assessments", content=content, headers=told)

    def upload(self, **headers: str) -> str:
        """Create an upload for `MP4` and return its path."""
        told = TUS | {"upload-length": str(len(MP4))} | headers
        answer = self.ask("POST", "/v1/uploads", headers=told)
        assert answer.status_code == 201, answer.text
        return answer.headers["location"]

    def say(self, head: str, content: bytes = b"", *, hang_up: bool = False) -> httpx.Response:
        """Send bytes as they are, and read until the service closes the connection.

        With `hang_up` the service is told that nothing more comes.
        """
        request = f"{head}\r\nHost: localhost\r\nAuthorization: Bearer {self.key}\r\n\r\n"
        address = ("127.0.0.1", self.stack.port)
        with socket.create_connection(address, timeout=CLOSED_WITHIN_S) as line:
            line.sendall(request.encode() + content)
            if hang_up:
                line.shutdown(socket.SHUT_WR)
            answer = b""
            while received := line.recv(65536):
                answer += received
        return parsed(answer)

    def ids(self) -> set[str]:
        """Return every id that is stored, and whatever lies in staging: what could be left."""
        url = redis_url_of(self.stack.data)
        assert url is not None
        with redis.Redis.from_url(url, decode_responses=True) as store:
            kept = [
                key.rpartition(":")[2]
                for kind in ("assessment", "upload")
                for key in store.scan_iter(f"mien:{kind}:*", count=1000)
            ]
        folders = [self.stack.data / name for name in ("blobs", "uploads", "staging")]
        return {*kept, *(path.name for folder in folders for path in folder.iterdir())}

    def listed(self) -> set[str]:
        """Return the ids that the tenant's list names."""
        data = self.ask("GET", "/v1/assessments", params={"limit": 100}).json()["data"]
        return {one["id"] for one in data}

    def good(self) -> dict[str, Any]:
        """Send a good recording, wait for its end, and return the assessment."""
        answer = self.post(MP4, "video/mp4", prefer="wait=30")
        assert answer.status_code in (200, 202), answer.text
        own = answer.json()["urls"]["self"]
        until(lambda: self.ask("GET", own).json()["status"] not in ("queued", "processing"), DONE_S)
        return self.ask("GET", own).json()


def parsed(answer: bytes) -> httpx.Response:
    """Return the first answer of the bytes that came; status 0 when none did."""
    head, _, content = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    if not head:
        return httpx.Response(0)
    fields = [(name, value) for name, _, value in (line.partition(": ") for line in lines)]
    return httpx.Response(int(status.split()[1]), headers=fields, content=content)


def new_key(stack: Stack, tenant: str, *options: str) -> str:
    """Make a key beside the running stack, as an operator does."""
    command = [sys.executable, "-m", "launch", "keys", "create", "--tenant", tenant, *options]
    made = subprocess.run(
        [*command, "--data", str(stack.data)],
        cwd=PROJECT, capture_output=True, check=True, timeout=60,
    )  # fmt: skip
    return made.stdout.decode().strip()


def arranged(stack: Stack, client: httpx.Client) -> Door:
    """Return a door with what the rows need: keys of each kind, ids of each kind."""
    every = [word for scope in ("create", "read", "admin") for word in ("--scope", scope)]
    key = new_key(stack, "bad-input", "--test", "--name", "bad input", *every)

    def ask(method: str, path: str, by: str = key, **more: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {by}", **more.pop("headers", {})}
        answer = client.request(method, path, headers=headers, **more)
        assert answer.is_success, answer.text
        return answer

    def issued(name: str, *scopes: str) -> dict[str, str]:
        order = {"name": name, "environment": "test", "scopes": scopes}
        return ask("POST", "/v1/keys", json=order).json()

    def created(by: str = key) -> str:
        sent = {"content-type": "video/mp4", "prefer": "wait=30"}
        return ask("POST", "/v1/assessments", by, content=MP4, headers=sent).json()["id"]

    def uploaded(by: str = key) -> str:
        sent = TUS | {"upload-length": str(len(MP4))}
        return ask("POST", "/v1/uploads", by, headers=sent).json()["id"]

    revoked = issued("revoked", "read")
    ask("DELETE", f"/v1/keys/{revoked['id']}")
    deleted, deleted_upload = created(), uploaded()
    ask("DELETE", f"/v1/assessments/{deleted}")
    ask("DELETE", f"/v1/uploads/{deleted_upload}", headers=TUS)
    return Door(
        stack=stack,
        key=key,
        reader=issued("reader", "read")["key"],
        revoked=revoked["key"],
        foreign={"assessment": created(stack.key), "upload": uploaded(stack.key)},
        ended=created(),
        deleted=deleted,
        deleted_upload=deleted_upload,
        client=client,
    )


def told(request: Any) -> bytes:
    """Return a form with these options before a recording."""
    raw = request if isinstance(request, bytes) else json.dumps(request).encode()
    return body(part("request", raw), VIDEO)
