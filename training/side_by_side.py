"""Two graphs timed on the same rows, in turns, so that a busy machine slows both alike."""

import time
from dataclasses import dataclass
from statistics import median

import onnxruntime

from training.export import Inputs, run, session

RUNS = 5


@dataclass(frozen=True, slots=True)
class Speeds:
    """Rows a second, each the median of some runs."""

    first: float
    second: float
    runs: int

    @property
    def ratio(self) -> float:
        """How many times as fast the second is."""
        return self.second / self.first


def side_by_side(first: bytes, second: bytes, inputs: Inputs, runs: int = RUNS) -> Speeds:
    """Time both graphs on the inputs as one batch, after one run that is not counted."""
    sessions = (session(first), session(second))
    rows = len(inputs if not isinstance(inputs, dict) else next(iter(inputs.values())))
    seconds: tuple[list[float], list[float]] = ([], [])
    for round_number in range(runs + 1):
        for served, taken in zip(sessions, seconds, strict=True):
            took = _time(served, inputs, rows)
            if round_number:
                taken.append(took)
    return Speeds(rows / median(seconds[0]), rows / median(seconds[1]), runs)


def _time(served: onnxruntime.InferenceSession, inputs: Inputs, rows: int) -> float:
    began = time.perf_counter()
    run(served, inputs, rows)
    return time.perf_counter() - began
