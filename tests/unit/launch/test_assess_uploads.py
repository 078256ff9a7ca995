"""How recordings reach a real service: whole, over bad lines, and once."""

import contextlib
import os
import socket
from pathlib import Path

import pytest

from tests.unit.launch.loopback import HEAD, MIB, BadLine, Loopback, assess


@pytest.mark.parametrize("way", ["direct", "resumable"])
def test_either_way_the_recording_arrives_whole_and_its_name_stays_here(
    here: Loopback, video: Path, way: str
) -> None:
    here.at_work.clear()

    code = assess(here, video, "--detach", "--upload", way)

    (identifier,) = here.house.records.stored
    kept = [path for path in here.house.root.rglob("*") if path.is_file()]
    assert code == 0
    assert here.house.blobs.get(identifier, "video") == video.read_bytes()
    assert not any(b"Smith" in path.read_bytes() or "Smith" in path.name for path in kept)


def test_a_large_recording_survives_a_line_that_breaks_five_times(
    here: Loopback, tmp_path: Path
) -> None:
    here.at_work.clear()
    large = tmp_path / "long.mp4"
    large.write_bytes(HEAD + os.urandom(20 * MIB))
    line = BadLine(here.port, [2 * MIB, 300_000, 5 * MIB, 1 * MIB, 70_000])

    code = assess(here, large, "--detach", port=line.port)

    (identifier,) = here.house.records.stored
    line.close()
    assert code == 0
    assert line.cuts == []
    assert here.house.blobs.get(identifier, "video") == large.read_bytes()


class ForgetfulLine(BadLine):
    """A way that is cut once, when the service has answered, and before the answer is through."""

    def __init__(self, port: int) -> None:
        super().__init__(port, [64 * MIB])

    def _give_back(self, far: socket.socket, near: socket.socket) -> None:
        if not self.cuts:
            super()._give_back(far, near)
            return
        far.recv(65536)
        self.cuts.clear()
        with contextlib.suppress(OSError):
            near.shutdown(socket.SHUT_RDWR)


def test_a_lost_answer_makes_no_second_assessment(here: Loopback, video: Path) -> None:
    here.at_work.clear()
    line = ForgetfulLine(here.port)

    code = assess(here, video, "--detach", "--upload", "direct", port=line.port)

    line.close()
    assert code == 0
    assert line.cuts == []
    assert here.assessments() == ["queued"]


def test_the_same_idempotency_key_gives_the_same_assessment(
    here: Loopback, video: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here.at_work.clear()

    codes = [assess(here, video, "--detach", "--idempotency-key", "visit-12") for _ in range(2)]

    first, second = capsys.readouterr().out.split()
    assert codes == [0, 0]
    assert first == second


def test_an_upload_whose_request_is_refused_is_erased(
    here: Loopback, video: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "request.json"
    wrong.write_text('{"sampling": {"every_ms": -1}}')

    code = assess(here, video, "--upload", "resumable", "--request", str(wrong))

    kept = [path for path in here.house.root.rglob("*") if path.is_file()]
    assert code == 1
    assert not any(path.read_bytes().startswith(HEAD) for path in kept)
