"""`python -m worker sweeper` and `python -m worker webhooks`: the two loops beside the worker."""

import argparse
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

from worker.app import configure_logging, require_fit, settings
from worker.beside import (
    meters,
    overdue,
    show_metrics,
    stale_feedback,
    steps,
    sweeper,
    terms,
    webhooks,
)
from worker.beside_meters import SWEEPER
from worker.lookout import Lookout
from worker.outliving import Outliving
from worker.pulse import Beat, pulse, unnoticed

SWEEP_EVERY_S = 1.0
LEFTOVERS_EVERY_S = 60.0
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


def overdue_step() -> Callable[[], float]:
    """Return a step that looks for what the others should have erased, and tells the metrics."""
    eyes, found = overdue(), meters(SWEEPER).overdue.found

    def step() -> float:
        found(eyes.look())
        return LEFTOVERS_EVERY_S

    return step


def webhook_step() -> Callable[[], float]:
    """Return a step that delivers one event when there is one; all senders have it in common."""
    lookout = Lookout(webhooks().deliver_one)
    steps().listen(lambda _: lookout.ring())
    return lookout


def repeat(step: Callable[[], float], stop: threading.Event, beat: Beat = unnoticed) -> None:
    """Do the step again and again until told to stop; outlive an absent store and a bug."""
    outliving, pause = Outliving(step), 0.0
    while not stop.wait(pause):
        beat()
        pause = outliving()


def loops_of(part: str) -> list[Callable[[], float]]:
    """Return the steps of the part's loops, each counted; one a thread."""
    counted = meters(part).loops.counted
    if part != SWEEPER:
        return [counted("deliver", webhook_step())] * SENDERS
    named = {
        "sweep": sweep_step,
        "terms": terms_step,
        "feedback": feedback_step,
        "overdue": overdue_step,
    }
    return [counted(loop, make()) for loop, make in named.items()]


def run(part: str) -> None:
    """Run the part's loops until SIGTERM or SIGINT."""
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    loops = loops_of(part)
    show_metrics(part)
    beat = pulse(settings.pulse)
    threads = [threading.Thread(target=repeat, args=(step, stop, beat)) for step in loops]
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
