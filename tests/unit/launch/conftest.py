"""A real service on loopback and a recording for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Watch
from tests.unit.launch.loopback import HEAD, Loopback, loopback


@pytest.fixture
def here(tmp_path: Path, watch: Watch) -> Iterator[Loopback]:
    with loopback(tmp_path / "data", watch) as running:
        yield running


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "Mrs Smith.mp4"
    path.write_bytes(HEAD + bytes(5000))
    return path
