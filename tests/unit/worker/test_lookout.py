"""The senders' common look-out, with real threads and short times."""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from worker.lookout import Lookout

LIMIT_S = 10.0


@dataclass
class Outbox:
    """Things to send; each takes a while, and how many were sent at once is counted."""

    waiting: int = 0
    takes_s: float = 0.0
    looks: int = 0
    sent: int = 0
    at_once: int = 0
    most_at_once: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def deliver_one(self) -> bool:
        with self._lock:
            self.looks += 1
            if not self.waiting:
                return False
            self.waiting -= 1
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        time.sleep(self.takes_s)
        with self._lock:
            self.at_once -= 1
            self.sent += 1
        return True


@contextmanager
def senders(step: Callable[[], float], count: int) -> Generator[None]:
    stop = threading.Event()

    def repeat() -> None:
        pause = 0.0
        while not stop.wait(pause):
            pause = step()

    threads = [threading.Thread(target=repeat) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + LIMIT_S
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_of_many_senders_one_looks_while_there_is_nothing():
    outbox = Outbox()
    with senders(Lookout(outbox.deliver_one, every_s=0.1, sleep_s=0.3), 8):
        time.sleep(0.55)
        looks = outbox.looks

    assert 2 <= looks <= 7


def test_what_is_announced_is_sent_at_once():
    outbox = Outbox()
    lookout = Lookout(outbox.deliver_one, every_s=0.6, sleep_s=0.1)
    with senders(lookout, 8):
        until(lambda: outbox.looks >= 1)
        outbox.waiting = 1
        began = time.monotonic()
        lookout.ring()
        until(lambda: outbox.sent == 1)
        taken_s = time.monotonic() - began

    assert taken_s < 0.5


def test_a_slow_receiver_holds_up_nobody_else():
    outbox = Outbox(takes_s=0.2)
    lookout = Lookout(outbox.deliver_one, every_s=0.5, sleep_s=0.1)
    with senders(lookout, 4):
        outbox.waiting = 8
        lookout.ring()
        until(lambda: outbox.sent == 8)

    assert outbox.most_at_once >= 2


def test_what_nobody_announces_is_found_all_the_same():
    outbox = Outbox()
    with senders(Lookout(outbox.deliver_one, every_s=0.05, sleep_s=0.1), 2):
        until(lambda: outbox.looks >= 2)
        outbox.waiting = 3
        until(lambda: outbox.sent == 3)
