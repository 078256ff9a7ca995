"""What lists, creations and sweeps cost beside 10,000 stored assessments, against 100.

    two houses, each its own Redis and its own folder ─┬─ the API, asked through ASGI
                                                       └─ sweeper and terms, a step at a time

Both are asked by turns. The difference between them is the number of assessments that ended and
are kept; a few wait in each.
"""

import asyncio
import logging
import statistics
import time
from collections.abc import Awaitable, Callable, Generator, Iterable
from contextlib import ExitStack, contextmanager
from typing import Final

from bench.api_house import House, housed
from bench.row import Row, Scale

FEW: Final = 100
TARGET: Final = 1.5
ASKED: Final = 20
"""Questions of which the median is one sample of a house."""

Question = Callable[[House], Awaitable[object]]


def rows(scale: Scale) -> Iterable[Row]:
    """Fill two houses, ask both by turns, compare."""
    many = scale.pick(whole=10_000, smoke=2_000)
    with ExitStack() as open_houses:
        open_houses.enter_context(_quiet())
        small = open_houses.enter_context(housed(FEW))
        large = open_houses.enter_context(housed(many))
        yield from asyncio.run(_compared(small, large, scale))


@contextmanager
def _quiet() -> Generator[None]:
    """Print no line for each of the requests."""
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


async def _compared(small: House, large: House, scale: Scale) -> list[Row]:
    return [await _row(name, question, (small, large), scale) for name, question in ASK.items()]


async def _row(name: str, question: Question, houses: tuple[House, House], scale: Scale) -> Row:
    small, large = houses
    ratios: list[float] = []
    few_ms = many_ms = 0.0
    for _ in range(scale.repeats + 1):
        few_ms, many_ms = await _by_turns(question, houses)
        ratios.append(many_ms / few_ms)
    title = f"{large.stored} stored against {small.stored}: {name}"
    note = f"{many_ms:.2f} ms against {few_ms:.2f}, the last of {scale.repeats}"
    return Row(title, "x cost", tuple(ratios[1:]), TARGET, "lower", note, guarded=True)


async def _by_turns(question: Question, houses: tuple[House, House]) -> tuple[float, float]:
    """Return the median milliseconds of the question in each of the two houses."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(ASKED):
        for house, found in zip(houses, taken, strict=True):
            began = time.perf_counter()
            await question(house)
            found.append(1000 * (time.perf_counter() - began))
    return statistics.median(taken[0]), statistics.median(taken[1])


async def _list(house: House) -> None:
    await house.ask("GET", "/v1/assessments", limit="20")


async def _list_succeeded(house: House) -> None:
    await house.ask("GET", "/v1/assessments", limit="20", status="succeeded")


async def _create(house: House) -> None:
    await house.ask("POST", "/v1/assessments")


async def _read(house: House) -> None:
    await house.ask("GET", house.waiting)


async def _ready(house: House) -> None:
    house.roster.present()


async def _sweep(house: House) -> None:
    house.sweeper.sweep()
    house.terms.hold()


async def _leftovers(house: House) -> None:
    house.sweeper.erase_leftovers()


ASK: Final[dict[str, Question]] = {
    "list page": _list,
    "list page, one status": _list_succeeded,
    "create": _create,
    "read one that waits": _read,
    "who is there (readiness, estimates)": _ready,
    "sweep": _sweep,
    "sweep, leftovers": _leftovers,
}
