"""A tus client of few words, over the service in process."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.unit.service.conftest import House

RECORDING = b"\x00\x00\x00\x18ftypisom" + bytes(range(256)) * 20
SIZE = len(RECORDING)
TUS = {"tus-resumable": "1.0.0"}
CHUNK = TUS | {"content-type": "application/offset+octet-stream"}
UNKNOWN = "/v1/uploads/upl_" + "0" * 32


@dataclass(frozen=True)
class Tus:
    """Creates, sends, looks."""

    house: House

    def post(self, length: int = SIZE, body: bytes | None = None, **headers: str) -> httpx.Response:
        known = (CHUNK if body is not None else TUS) | {"upload-length": str(length)}
        return self.house.ask("POST", "/v1/uploads", content=body, headers=known | headers)

    def new(self, length: int = SIZE) -> str:
        answer = self.post(length)
        assert answer.status_code == 201, answer.text
        return answer.headers["location"]

    def patch(self, url: str, body: Any, offset: object = 0, **headers: Any) -> httpx.Response:
        known = CHUNK | {"upload-offset": str(offset)}
        return self.house.ask("PATCH", url, content=body, headers=known | headers)

    def head(self, url: str, **more: Any) -> httpx.Response:
        return self.house.ask("HEAD", url, headers=TUS, **more)

    def whole(self, body: bytes = RECORDING) -> str:
        """Upload a recording and return its id."""
        url = self.new(len(body))
        assert self.patch(url, body).status_code == 204
        return id_of(url)

    def bytes_of(self, url: str) -> bytes:
        return (self.house.blobs.uploads / id_of(url)).read_bytes()


def id_of(url: str) -> str:
    return url.rpartition("/")[2]


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Return status and code of a problem document as an upload's route answers it."""
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["tus-resumable"] == "1.0.0"
    return answer.status_code, answer.json()["code"]
