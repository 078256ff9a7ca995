import os
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes is the machine's affair: on a busy one none would have a bound.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Watch:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wipe every setting, so that no test depends on who runs it."""
    for name in [name for name in os.environ if name.startswith("MIEN_")]:  # noqa: TID251
        monkeypatch.delenv(name)
