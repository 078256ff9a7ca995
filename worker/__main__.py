"""`python -m worker sweeper` and `python -m worker webhooks`: the two loops beside the worker."""

import argparse
import logging
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

from assessment.faults import Fault
from worker.app import configure_logging, require_fit
from worker.beside import stale_feedback, sweeper, terms, webhooks

log = logging.getLogger("worker")

SWEEP_EVERY_S = 1.0
LEFTOVERS_EVERY_S = 60.0
OUTBOX_EVERY_S = 0.5
FEEDBACK_EVERY_S = 600.0
SENDERS = 8
"""Deliveries at once, so that a receiver that says nothing does not hold up the others."""


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


def terms_step() -> Callable[[], float]:
    """Return a step that holds assessments to their terms; at first, those of before, too."""
    keeper, caught_up = terms(), False

    def step() -> float:
        nonlocal caught_up
        if not caught_up:
            keeper.catch_up()
            caught_up = True
        keeper.hold()
        return SWEEP_EVERY_S

    return step


def feedback_step() -> Callable[[], float]:
    """Return a step that erases feedback which was kept for its time."""
    stale = stale_feedback()

    def step() -> float:
        stale.erase()
        return FEEDBACK_EVERY_S

    return step


def webhook_step() -> Callable[[], float]:
    """Return a step that delivers one event."""
    sender = webhooks()
    return lambda: 0.0 if sender.deliver_one() else OUTBOX_EVERY_S


def repeat(step: Callable[[], float], stop: threading.Event) -> None:
    """Do the step again and again until told to stop; outlive an absent store and a bad item."""
    pause = 0.0
    while not stop.wait(pause):
        try:
            pause = step()
        except (Fault, OSError) as error:
            log.warning("a step failed: %s", type(error).__name__)
            pause = 1.0


def run(part: str) -> None:
    """Run the part's loops until SIGTERM or SIGINT."""
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    senders = range(SENDERS)
    sweeping = part == "sweeper"
    sweepers = (sweep_step, terms_step, feedback_step)
    steps = [one() for one in (sweepers if sweeping else [webhook_step for _ in senders])]
    threads = [threading.Thread(target=repeat, args=(step, stop)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main() -> None:
    """Run one of the two loops."""
    parser = argparse.ArgumentParser(prog="python -m worker", description=__doc__)
    parser.add_argument("part", choices=("sweeper", "webhooks"))
    part = parser.parse_args().part
    configure_logging()
    require_fit()
    run(part)


if __name__ == "__main__":
    main()
