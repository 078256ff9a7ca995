"""What the kernel says of a real decoder while it works, and which files a worker gives it."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from assessment.recording_faults import SourceMissing
from assessment.request import Sampling
from tests.media.recordings import counted, record
from tests.unit.worker.test_decoder_process import decoders
from worker.decoder import DESCRIPTORS
from worker.decoder_process import ENVIRONMENT
from worker.plain_file import open_plain
from worker.video import Limits, decode

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's files are Linux's")
LIMITS = Limits()


@dataclass(frozen=True)
class Seen:
    """What /proc has of one decoder."""

    status: dict[str, str]
    limits: dict[str, tuple[str, str]]
    environment: dict[str, str]
    descriptors: dict[int, str]
    folder: str


def look_at(process: int) -> Seen:
    place = Path(f"/proc/{process}")
    lines = (line.split(":", 1) for line in (place / "status").read_text().splitlines())
    bounds: dict[str, tuple[str, str]] = {}
    for line in (place / "limits").read_text().splitlines()[1:]:
        soft, hard = line[26:47].strip(), line[47:68].strip()
        bounds[line[:26].strip()] = (soft, hard)
    told = (place / "environ").read_bytes().decode().rstrip("\0").split("\0")
    return Seen(
        status={name: value.strip() for name, value in lines},
        limits=bounds,
        environment=dict(one.split("=", 1) for one in told),
        descriptors={int(one.name): str(one.readlink()) for one in (place / "fd").iterdir()},
        folder=str((place / "cwd").readlink()),
    )


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording far larger than the pipe, so that its decoder is there to be looked at."""
    return record(tmp_path_factory.mktemp("media") / "recording", counted(60, 640, 480))


@pytest.fixture(scope="module")
def seen(recording: Path) -> Iterator[Seen]:
    every_frame = Sampling(every_ms=None, every_n_frames=1)
    secret = os.open("/etc/hostname", os.O_RDONLY)
    os.set_inheritable(secret, True)
    with pytest.MonkeyPatch.context() as patch, decode(recording, every_frame, LIMITS) as opened:
        patch.setenv("MIEN_API_KEY", "sk_live_secret")
        next(iter(opened))
        (process,) = decoders()
        yield look_at(process)
    os.close(secret)


def test_no_call_that_matters_and_no_privilege_is_left(seen: Seen) -> None:
    assert seen.status["Seccomp"] == "2"
    assert seen.status["NoNewPrivs"] == "1"
    assert {int(seen.status[name], 16) for name in ("CapPrm", "CapEff", "CapInh")} == {0}


def test_what_it_may_use_is_bounded(seen: Seen) -> None:
    cpu_s = int(LIMITS.wall_seconds(LIMITS.max_seconds))

    assert seen.limits["Max address space"] == (str(LIMITS.memory_bytes),) * 2
    assert seen.limits["Max cpu time"] == (str(cpu_s), str(cpu_s + 5))
    assert seen.limits["Max file size"] == ("0", "0")
    assert seen.limits["Max open files"] == (str(DESCRIPTORS),) * 2
    assert seen.limits["Max processes"] == ("0", "0")
    assert seen.limits["Max core file size"] == ("0", "0")


def test_it_knows_no_setting_and_no_secret(seen: Seen) -> None:
    assert seen.environment == ENVIRONMENT


def test_it_holds_the_recording_one_pipe_and_nothing_else(seen: Seen, recording: Path) -> None:
    held = dict(seen.descriptors)

    assert held.pop(1).startswith("pipe:")
    assert held.pop(2) == "/dev/null"
    assert set(held.values()) == {str(recording)}  # FFmpeg makes a copy of the descriptor.


def test_it_stands_in_a_folder_that_is_no_more(seen: Seen) -> None:
    assert seen.folder.endswith(" (deleted)")


def test_a_link_in_the_place_of_a_recording_is_not_followed(
    tmp_path: Path, recording: Path
) -> None:
    link = tmp_path / "video"
    link.symlink_to(recording)

    with pytest.raises(SourceMissing):
        open_plain(link)


def test_neither_a_pipe_nor_a_folder_is_a_recording(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    for path in (tmp_path / "pipe", tmp_path, tmp_path / "nothing"):
        with pytest.raises(SourceMissing):
            open_plain(path)
