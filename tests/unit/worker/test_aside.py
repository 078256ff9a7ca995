import threading
from functools import partial

import pytest

from worker.aside import Aside, at_once


def test_work_goes_on_beside_whoever_started_it() -> None:
    aside, go, done = Aside(2), threading.Event(), threading.Event()

    def work() -> None:
        go.wait(10)
        done.set()

    aside(work)

    assert not done.is_set()
    go.set()
    assert done.wait(10)


def test_work_beyond_what_fits_is_dropped_and_there_is_room_again_afterwards() -> None:
    aside, go, done = Aside(2), threading.Event(), list[str]()

    def work(name: str) -> None:
        go.wait(10)
        done.append(name)

    for name in ("one", "two", "three"):
        aside(partial(work, name))

    go.set()
    aside.finish(10)
    aside(lambda: done.append("four"))
    aside.finish(10)

    assert sorted(done) == ["four", "one", "two"]


def test_whoever_ends_tells_what_runs_and_waits_no_longer_than_told() -> None:
    aside, handed_back = Aside(2), threading.Event()

    def until_closed() -> None:
        while not aside.closed:
            threading.Event().wait(0.01)
        handed_back.set()

    never = threading.Event()

    def for_ever() -> None:
        never.wait()

    aside(until_closed)
    aside(for_ever)
    aside.finish(0.1)

    assert handed_back.wait(10)
    never.set()


def test_at_once_is_done_when_it_returns() -> None:
    done: list[str] = []

    at_once(lambda: done.append("it"))

    assert done == ["it"]


def test_a_thread_that_cannot_be_started_leaves_its_room(monkeypatch: pytest.MonkeyPatch) -> None:
    aside, done = Aside(1), list[str]()

    def refused(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refused)
        with pytest.raises(RuntimeError):
            aside(lambda: done.append("one"))

    aside(lambda: done.append("two"))
    aside.finish(10)

    assert done == ["two"]
