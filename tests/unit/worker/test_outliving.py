"""Loops of which one turn breaks: it is told and counted, and the next turn comes."""

import logging
import threading
from collections.abc import Callable, Iterator

import pytest

from adapters.memory import MemoryRoster
from assessment.faults import StoreUnavailable
from tests.conftest import NOON, Watch
from worker.guard import Attendance
from worker.outliving import Outliving, told
from worker.presence import Presence

WORDS = "Anna Muster"
WAIT_S = 10.0


def breaking_once(error: Exception, then: Callable[[], float]) -> Callable[[], float]:
    errors: Iterator[Exception] = iter([error])

    def step() -> float:
        for one in errors:
            raise one
        return then()

    return step


@pytest.mark.parametrize(
    "error", [ZeroDivisionError(WORDS), MemoryError(), KeyError(WORDS), RecursionError()]
)
def test_a_bug_is_told_without_its_words_and_counted(
    error: Exception, caplog: pytest.LogCaptureFixture
):
    step = Outliving(breaking_once(error, lambda: 7.0), pause_s=0.5)

    pauses = [step(), step()]

    assert pauses == [0.5, 7.0]
    assert (step.broken, step.failed) == (1, 0)
    assert type(error).__name__ in caplog.text
    assert "test_outliving.py" in caplog.text
    assert WORDS not in caplog.text


@pytest.mark.parametrize("error", [StoreUnavailable("away"), OSError(5, "broken disk")])
def test_what_was_foreseen_is_a_warning(error: Exception, caplog: pytest.LogCaptureFixture):
    step = Outliving(breaking_once(error, lambda: 7.0))

    assert (step(), step()) == (1.0, 7.0)

    assert (step.broken, step.failed) == (0, 1)
    assert [one.levelno for one in caplog.records] == [logging.WARNING]


def test_what_was_never_raised_has_no_place():
    assert told(ValueError(WORDS)) == "ValueError"


def test_a_loop_of_the_sweeper_goes_on_after_a_turn_that_broke(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MIEN_REDIS_URL", "redis://127.0.0.1:1/0")
    from worker.__main__ import repeat  # which reads the settings

    stop, done = threading.Event(), threading.Event()

    def then() -> float:
        done.set()
        return 60.0

    step = breaking_once(ZeroDivisionError(WORDS), then)
    loop = threading.Thread(target=repeat, args=(step, stop))
    loop.start()

    went_on = done.wait(WAIT_S)
    stop.set()
    loop.join(WAIT_S)

    assert went_on
    assert not loop.is_alive()


def test_a_worker_is_still_seen_after_a_look_that_broke(watch: Watch):
    roster = MemoryRoster(watch)
    seen = threading.Event()

    def look() -> Attendance:
        if not looked:
            looked.append(True)
            raise ZeroDivisionError(WORDS)
        seen.set()
        return Attendance({"hmhn": "1"})

    looked: list[bool] = []
    presence = Presence(roster, look)
    presence.start()

    assert seen.wait(WAIT_S), "the thread that looks has ended"
    assert watch() == NOON
