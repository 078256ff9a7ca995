"""A file that is touched while a process does its work: what a container's health check looks at.

    worker, webhooks, sweeper ─ beat ─▶ FILE ◀─ python -m worker.pulse FILE --within 90

The check costs a bare interpreter: nothing of the worker is imported. It says that the process goes
round its loop, and nothing about Redis or Triton: restarting it would not bring those back.
"""

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

Beat = Callable[[], None]
"""Says that the process does its work."""


def unnoticed() -> None:
    """Mark nothing: the beat of a process that nobody watches."""


def pulse(file: Path | None) -> Beat:
    """Return what marks that the work goes on; without a file, nothing."""
    return partial(_touch, file) if file else unnoticed


def _touch(file: Path) -> None:
    try:
        file.touch()
    except OSError:  # A full disk must stop no work; the check will tell.
        return


def silent_for_s(file: Path, now_s: float) -> float:
    """Return the seconds since the last beat; endless when there was none."""
    try:
        return now_s - file.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def main(arguments: list[str] | None = None) -> int:
    """Return 0 while the heart beats, 1 when it does not."""
    parser = argparse.ArgumentParser(prog="python -m worker.pulse", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--within", type=float, default=90.0, metavar="SECONDS")
    options = parser.parse_args(arguments)
    silent_s = silent_for_s(options.file, time.time())  # noqa: TID251  files know the wall clock only
    if silent_s <= options.within:
        return 0
    sys.stderr.write(f"no sign of work for {silent_s:.0f} s\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
