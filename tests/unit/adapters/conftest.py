"""A site on loopback, and ways to fetch from it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adapters.fetch import Fetch
from tests.unit.adapters.site import LIMIT, Site, running_site


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as one:
        yield one


@pytest.fixture
def fetch(tmp_path: Path) -> Callable[..., Fetch]:
    def make(**rules: object) -> Fetch:
        given: dict[str, object] = {
            "staging": tmp_path,
            "limit_bytes": LIMIT,
            "free_min_bytes": 0,
            "allow_loopback": True,
            "total_s": 60.0,
            "idle_s": 30.0,
            "pauses_s": (0.01, 0.01),
        }
        return Fetch(**(given | rules))  # pyright: ignore[reportArgumentType]

    return make
