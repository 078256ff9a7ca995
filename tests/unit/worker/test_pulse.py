"""The sign of work, and the check that a container's health is judged by."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from adapters.memory import MemoryRoster
from tests.conftest import Watch
from worker.guard import Attendance
from worker.presence import Presence
from worker.pulse import main, pulse, silent_for_s


def test_a_beat_is_seen(tmp_path: Path):
    file = tmp_path / "pulse"

    pulse(file)()

    assert main([str(file), "--within", "60"]) == 0


def test_without_a_beat_the_check_fails_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main([str(tmp_path / "pulse")]) == 1
    assert "no sign of work" in capsys.readouterr().err


def test_an_old_beat_is_none(tmp_path: Path):
    file = tmp_path / "pulse"
    pulse(file)()
    os.utime(file, (1_000, 1_000))

    assert silent_for_s(file, 1_100) == 100
    assert main([str(file), "--within", "90"]) == 1


def test_a_disk_that_takes_no_file_stops_no_work(tmp_path: Path):
    pulse(tmp_path / "absent" / "pulse")()


def test_without_a_file_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    pulse(None)()

    assert list(tmp_path.iterdir()) == []


def test_a_worker_beats_each_time_that_it_signs_in_even_when_it_found_nothing(
    tmp_path: Path, watch: Watch
):
    file = tmp_path / "pulse"
    presence = Presence(MemoryRoster(watch), lambda: Attendance({}), beat=pulse(file))

    presence.sign_in("one")

    assert file.exists()


def test_a_loop_beats_though_its_steps_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MIEN_REDIS_URL", "redis://127.0.0.1:1/0")
    from worker.__main__ import repeat  # It reads the settings when it is imported.

    file, stop = tmp_path / "pulse", threading.Event()

    def fail() -> float:
        stop.set()
        raise OSError

    repeat(fail, stop, pulse(file))

    assert file.exists()


def test_the_check_imports_nothing_of_the_worker():
    code = "import sys, worker.pulse; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert not {"numpy", "cv2", "celery", "redis", "pydantic"} & set(said.stdout.split())
