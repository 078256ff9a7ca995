"""The senders' common look-out, with real threads."""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from worker.lookout import LOOK_S, Lookout

LIMIT_S = 20.0
NEVER_S = 10 * LIMIT_S
"""As good as never: what has to wait for it fails the test."""


@dataclass
class Outbox:
    """Things to send; how many are sent at once is counted, none before `go` is set."""

    waiting: int = 0
    looks: int = 0
    sent: int = 0
    at_once: int = 0
    most_at_once: int = 0
    go: threading.Event = field(default_factory=threading.Event)
    looking: Callable[[], None] = lambda: None
    """What happens during each look, when it is too late for that look to find it."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def deliver_one(self) -> bool:
        with self._lock:
            self.looks += 1
            found = self.waiting > 0
            self.waiting -= found
            self.at_once += found
            self.most_at_once = max(self.most_at_once, self.at_once)
        self.looking()
        if found:
            self.go.wait(LIMIT_S)
            with self._lock:
                self.at_once -= 1
                self.sent += 1
        return found


@pytest.fixture
def outbox() -> Outbox:
    one = Outbox()
    one.go.set()
    return one


@contextmanager
def senders(lookout: Lookout, count: int) -> Generator[None]:
    stop = threading.Event()

    def repeat() -> None:
        pause = 0.0
        while not stop.wait(pause):
            pause = lookout()

    threads = [threading.Thread(target=repeat) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            while thread.is_alive():
                lookout.ring()  # One may be asleep until the next look.
                thread.join(0.02)


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + LIMIT_S
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_of_many_senders_one_looks_while_there_is_nothing(outbox: Outbox):
    began = time.monotonic()
    with senders(Lookout(outbox.deliver_one, every_s=0.1, sleep_s=0.3), 8):
        until(lambda: outbox.looks >= 5)
        looks, took_s = outbox.looks, time.monotonic() - began

    # However long this machine stops a sender in mid look, no other begins one sooner than that.
    assert looks <= 1 + took_s / LOOK_S


def test_what_is_announced_is_sent_at_once(outbox: Outbox):
    lookout = Lookout(outbox.deliver_one, every_s=NEVER_S, sleep_s=0.1)
    with senders(lookout, 8):
        until(lambda: outbox.looks >= 1)
        outbox.waiting = 1
        lookout.ring()
        until(lambda: outbox.sent == 1)


def test_what_is_announced_during_a_look_that_does_not_find_it_is_sent_at_once(outbox: Outbox):
    lookout = Lookout(outbox.deliver_one, every_s=NEVER_S, sleep_s=0.1)

    def announce() -> None:
        outbox.looking = lambda: None
        outbox.waiting = 1
        lookout.ring()

    outbox.looking = announce
    with senders(lookout, 1):
        until(lambda: outbox.sent == 1)

    assert outbox.looks >= 2


def test_a_slow_receiver_holds_up_nobody_else(outbox: Outbox):
    outbox.go.clear()
    lookout = Lookout(outbox.deliver_one, every_s=NEVER_S, sleep_s=0.1)
    with senders(lookout, 4):
        outbox.waiting = 8
        lookout.ring()
        until(lambda: outbox.most_at_once == 4)
        outbox.go.set()
        until(lambda: outbox.sent == 8)


def test_what_nobody_announces_is_found_all_the_same(outbox: Outbox):
    with senders(Lookout(outbox.deliver_one, every_s=0.05, sleep_s=0.1), 2):
        until(lambda: outbox.looks >= 2)
        outbox.waiting = 3
        until(lambda: outbox.sent == 3)
