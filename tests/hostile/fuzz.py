"""Tries mutated recordings on the decoder until the time is up, and counts what becomes of them.

    python -m tests.hostile.fuzz --minutes 10 --seed 1

A worker process takes one mutated recording after another through `worker.video.decode`, with every
lock of the product. This process makes the recordings, watches over it, and counts: deaths of the
worker, hangs beyond its deadline, outcomes by code, and how often a decoder died. Every 200th run
is a good recording that must come out whole. Exit status 1 for any death or hang; the recording is
kept then, and its place is printed.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.hostile.corpus import CORPUS
from tests.hostile.films import MAKES, film
from tests.hostile.fuzzed_worker import Answer, FuzzedWorker
from tests.hostile.mutation import mutated

GOOD_EVERY = 200
SEED_BYTES = 300_000
HANG_S = 60.0
"""A run may take this long in all; the decoder's own deadline in it is a third."""


@dataclass
class Tally:
    """What was counted; `slowest_s` is of one run."""

    runs: int = 0
    outcomes: Counter[str] = field(default_factory=Counter[str])
    deaths: int = 0
    hangs: int = 0
    spoilt: int = 0
    slowest_s: float = 0.0
    growth_mib: float = 0.0
    kept: list[str] = field(default_factory=list[str])

    @property
    def sound(self) -> bool:
        """Whether the worker came through."""
        return not (self.deaths or self.hangs or self.spoilt)

    def lines(self, seed: int) -> list[str]:
        """Return what is printed."""
        return [
            f"seed {seed}: {self.runs} runs, slowest {self.slowest_s:.1f} s, "
            f"worker grew by {self.growth_mib:.0f} MiB",
            *(f"  {name}: {count}" for name, count in self.outcomes.most_common()),
            f"worker deaths {self.deaths}, hangs {self.hangs}, good ones spoilt {self.spoilt}",
            *(f"kept: {path}" for path in self.kept),
        ]


def seeds() -> list[bytes]:
    """Return what is mutated: the good films, and every hostile one that is not large."""
    hostile = (case.make() for case in CORPUS if not case.name.startswith("cut "))
    return [film(kind) for kind in MAKES] * 4 + [one for one in hostile if len(one) < SEED_BYTES]


class Fuzzer:
    """One run of the fuzzer, in a folder of its own."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.tally = Tally()
        self._chance = random.Random(seed)
        self._folder = folder
        self._seeds = seeds()

    def go_on(self, seconds: float) -> Tally:
        """Fuzz for so long."""
        end = time.monotonic() + seconds
        with FuzzedWorker() as worker:
            while time.monotonic() < end:
                good = self.tally.runs % GOOD_EVERY == 0
                content = film("mp4") if good else mutated(self._chance, self._seeds)
                self._try(worker, content, good=good)
        return self.tally

    def _try(self, worker: FuzzedWorker, content: bytes, *, good: bool) -> None:
        path = self._folder / "recording"
        path.write_bytes(content)
        started = time.monotonic()
        answer = worker.assess(path, every_frame=self._chance.random() < 0.5, limit_s=HANG_S)
        self._count(answer, content, time.monotonic() - started)
        if good and not (answer.died or answer.hung) and answer.said != "decoded":
            self.tally.spoilt += 1

    def _count(self, answer: Answer, content: bytes, took_s: float) -> None:
        tally = self.tally
        tally.runs += 1
        tally.outcomes[answer.said] += 1
        tally.slowest_s = max(tally.slowest_s, took_s)
        tally.growth_mib = max(tally.growth_mib, answer.grown_mib)
        tally.deaths += answer.died
        tally.hangs += answer.hung
        if answer.died or answer.hung or answer.said in ("decoder_crashed", "decode_timeout"):
            kept = self._folder / f"{answer.said}-{tally.runs}"
            kept.write_bytes(content)
            tally.kept.append(str(kept))


def main(arguments: Sequence[str]) -> int:
    """Fuzz, print the counts, and return the exit status."""
    parser = argparse.ArgumentParser(description="Tries mutated recordings on the decoder.")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None, help="by default a new one, printed")
    asked = parser.parse_args(arguments)
    seed = random.SystemRandom().randrange(2**32) if asked.seed is None else asked.seed
    sys.stdout.write(f"seed {seed}\n")
    sys.stdout.flush()
    tally = Fuzzer(seed, Path(tempfile.mkdtemp(prefix="mien-fuzz-"))).go_on(60 * asked.minutes)
    sys.stdout.write("\n".join([*tally.lines(seed), ""]))
    return 0 if tally.sound else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
