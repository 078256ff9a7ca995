"""`python -m worker sweeper` and `python -m worker webhooks`: the two loops beside the worker."""

import argparse
import logging
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

from assessment.faults import StoreUnavailable
from worker.app import configure_logging, sweeper, webhooks

log = logging.getLogger("worker")

SWEEP_EVERY_S = 1.0
LEFTOVERS_EVERY_S = 60.0
OUTBOX_EVERY_S = 0.5


def sweep_step() -> Callable[[], float]:
    """Return a step that sweeps, and looks for leftovers once a minute."""
    worker, next_leftovers = sweeper(), 0.0

    def step() -> float:
        nonlocal next_leftovers
        worker.sweep()
        if time.monotonic() >= next_leftovers:
            worker.erase_leftovers()
            next_leftovers = time.monotonic() + LEFTOVERS_EVERY_S
        return SWEEP_EVERY_S

    return step


def webhook_step() -> Callable[[], float]:
    """Return a step that delivers one event."""
    sender = webhooks()
    return lambda: 0.0 if sender.deliver_one() else OUTBOX_EVERY_S


def repeat(step: Callable[[], float]) -> None:
    """Do the step again and again until SIGTERM or SIGINT; outlive an absent store."""
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    pause = 0.0
    while not stop.wait(pause):
        try:
            pause = step()
        except StoreUnavailable:
            log.warning("the store is out of reach")
            pause = 1.0


def main() -> None:
    """Run one of the two loops."""
    parser = argparse.ArgumentParser(prog="python -m worker", description=__doc__)
    parser.add_argument("part", choices=("sweeper", "webhooks"))
    part = parser.parse_args().part
    configure_logging()
    repeat(sweep_step() if part == "sweeper" else webhook_step())


if __name__ == "__main__":
    main()
