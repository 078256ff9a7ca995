"""What is decided about networks is looked for now and then, not for every question."""

from pathlib import Path

import pytest

from assessment import stable
from assessment.repository import read_repository
from assessment.stable import StableManifests


class Clock:
    def __init__(self) -> None:
        self.now_s = 50.0

    def __call__(self) -> float:
        return self.now_s


def test_many_questions_in_a_moment_look_at_the_disk_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    looks: list[Path] = []
    clock = Clock()
    manifests = StableManifests(read_repository(tmp_path), look_every_s=1.0, clock=clock)
    monkeypatch.setattr(stable, "_mark", lambda folder: looks.append(folder) or ())

    for _ in range(50):
        len(manifests)
    assert looks == []
    clock.now_s += 1.0
    for _ in range(50):
        len(manifests)

    assert looks == [tmp_path]
