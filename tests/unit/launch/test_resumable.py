"""Pieces of a recording against a transport that answers like the API, and breaks like a line."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from launch.faults import LaunchFault, Refused
from launch.recording import nobody
from launch.resumable import Resumable

SIZE = 9 * 2**20
"""Two pieces."""
Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "visit.mp4"
    path.write_bytes(bytes(SIZE))
    return path


class Uploads:
    """One upload of a service; what is in `trouble` is answered first, by method."""

    def __init__(self, **trouble: list[int]) -> None:
        self.trouble = trouble
        self.asked: list[str] = []
        self.arrived = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        content, method = request.read(), request.method
        self.asked.append(method)
        assert len(self.asked) < 50, "it never ends"
        if self.trouble.get(method):
            return httpx.Response(self.trouble[method].pop(0))
        if method == "POST":
            return httpx.Response(201, headers={"location": "/v1/uploads/upl_1"})
        if method == "PATCH":
            self.arrived += len(content)
        return httpx.Response(204, headers={"upload-offset": str(self.arrived)})

    def sender(self) -> Resumable:
        client = httpx.Client(base_url="http://mien.test", transport=httpx.MockTransport(self))
        return Resumable(client, lambda _: None)


@pytest.mark.parametrize("status", [423, 429, 502, 503])
def test_a_service_that_is_too_busy_to_say_how_much_arrived_is_asked_again(
    video: Path, status: int
) -> None:
    uploads = Uploads(PATCH=[502], HEAD=[status])

    sent = uploads.sender().send(video, nobody)

    assert sent == "upl_1"
    assert uploads.arrived == SIZE
    assert "DELETE" not in uploads.asked


def test_a_service_that_stays_busy_is_given_up_and_the_upload_erased(video: Path) -> None:
    uploads = Uploads(PATCH=[503] * 20, HEAD=[503] * 20)

    with pytest.raises(Refused):
        uploads.sender().send(video, nobody)

    assert uploads.asked.count("PATCH") == 9
    assert uploads.asked[-1] == "DELETE"


def test_an_upload_that_is_gone_is_not_asked_for_again(video: Path) -> None:
    uploads = Uploads(PATCH=[502], HEAD=[410])

    with pytest.raises(Refused, match="410"):
        uploads.sender().send(video, nobody)

    assert uploads.asked == ["POST", "PATCH", "HEAD", "DELETE"]


def test_a_recording_that_becomes_shorter_meanwhile_ends_it(video: Path) -> None:
    uploads = Uploads()

    def cut(_: int) -> None:
        video.write_bytes(bytes(100))

    with pytest.raises(LaunchFault, match="shorter while it was sent"):
        uploads.sender().send(video, cut)

    assert uploads.asked == ["POST", "PATCH", "DELETE"]
