"""Which rows a step sees, and its randomness: pure functions of the seed, the epoch and the step.

    (seed, epoch) ─▶ order of all rows ─▶ step's rows ─▶ this device's share
    (seed, epoch, step, rank) ─▶ seed of augmentation and dropout

A run that is taken up in the middle of an epoch therefore needs no generator's past.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.faults import TooFewExamples

#: A batch norm has no variance over fewer rows.
FEWEST_ROWS = 2


@dataclass(frozen=True, slots=True)
class Batches:
    """Whole batches of `size` rows in a new order every epoch; the few rows left over sit out."""

    rows: int
    size: int  # over all devices
    devices: int
    seed: int

    @property
    def steps(self) -> int:
        """Steps of an epoch."""
        return self.rows // self.size

    def order(self, epoch: int) -> NDArray[np.int64]:
        """All rows' numbers (n,) in this epoch's order."""
        return np.random.default_rng([self.seed, epoch]).permutation(self.rows)

    def of_step(self, order: NDArray[np.int64], step: int) -> NDArray[np.int64]:
        """The rows (size,) of a step, over all devices."""
        return order[step * self.size : (step + 1) * self.size]

    def of_device(self, order: NDArray[np.int64], step: int, rank: int) -> NDArray[np.int64]:
        """The rows (size / devices,) of a step that one device sees."""
        share = self.size // self.devices
        return self.of_step(order, step)[rank * share : (rank + 1) * share]


def make_batches(rows: int, batch: int, devices: int, seed: int) -> Batches:
    """Batches of at most `batch` rows, the same number on every device; or `TooFewExamples`."""
    size = min(batch, rows) // devices * devices
    if size // devices < FEWEST_ROWS:
        raise TooFewExamples(
            f"{rows} rows in batches of {batch} give a device less than {FEWEST_ROWS} rows a step: "
            "take more rows, a larger batch or fewer devices"
        )
    return Batches(rows, size, devices, seed)


def step_seed(seed: int, epoch: int, step: int, rank: int) -> int:
    """The seed of all that is random within a step: 63 bits."""
    state = np.random.SeedSequence([seed, epoch, step, rank]).generate_state(1, np.uint64)
    return int(state[0] >> np.uint64(1))
