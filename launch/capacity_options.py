"""The arguments of `mien capacity`."""

import argparse
from math import isfinite
from pathlib import Path
from typing import Any, Final

SAMPLE: Final = Path("weights/media/WolfgangLanger_Pexels.mp4")
ABOUT: Final = """\
Measures a stack with a few assessments, one after the other, and says what the load takes. Without
--url it starts a stack of its own on this machine. What is measured is this machine, with these
networks and this recording: measure on what will serve, with a recording like yours."""


def add_capacity(commands: Any) -> None:
    """Add the command to the command line."""
    one = commands.add_parser(
        "capacity",
        help="measure, and size a cluster for a load",
        description=ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    one.add_argument(
        "--video-minutes-per-hour", type=positive, required=True, metavar="N", help="the load"
    )
    one.add_argument("--video", type=Path, help=f"recording to measure by ({SAMPLE})")
    one.add_argument("--repeats", type=_repeats, default=3, help="assessments that count (3)")
    one.add_argument(
        "--utilisation", type=_share, default=0.7, help="how busy instances may be, 0 to 1 (0.7)"
    )
    one.add_argument("--json", action="store_true", help="print it as JSON")
    _add_stack(one)
    _add_machine(one)


def _add_stack(one: argparse.ArgumentParser) -> None:
    stack = one.add_argument_group("a stack that runs already; nobody else should use it meanwhile")
    stack.add_argument("--url", help="address of its service")
    stack.add_argument("--key", help="API key; by default MIEN_API_KEY")
    stack.add_argument(
        "--triton-metrics", metavar="URL", help="such as http://127.0.0.1:8002/metrics"
    )


def _add_machine(one: argparse.ArgumentParser) -> None:
    machine = one.add_argument_group("what instances are given, and what it costs")
    machine.add_argument("--worker-cores", type=positive, default=1.0, help="(1)")
    machine.add_argument("--worker-gib", type=positive, help="measured, else 3 as in deploy/")
    machine.add_argument("--triton-cores", type=positive, default=2.0, help="(2)")
    machine.add_argument("--triton-gib", type=positive, help="measured, else 8 as in deploy/")
    machine.add_argument("--triton-gpus", type=_amount, default=0.0, help="(0)")
    machine.add_argument("--price-per-core-hour", type=_amount, default=0.0, help="(0)")
    machine.add_argument("--price-per-gpu-hour", type=_amount, default=0.0, help="(0)")


def positive(text: str) -> float:
    """Return a number above 0."""
    number = _number(text)
    if number <= 0:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return number


def _amount(text: str) -> float:
    number = _number(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text} is below 0")
    return number


def _share(text: str) -> float:
    number = positive(text)
    if number > 1:
        raise argparse.ArgumentTypeError(f"{text} is above 1")
    return number


def _repeats(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 2 <= int(text) <= 100):
        raise argparse.ArgumentTypeError("2 to 100: one alone has no spread")
    return int(text)


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is no number") from error
    if not isfinite(number):
        raise argparse.ArgumentTypeError(f"{text} is no number")
    return number
