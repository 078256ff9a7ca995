"""Labelled examples as a learner sees them: named arrays of n rows, whatever the network.

inputs["faces"] (n, S, S, 3) uint8 · labels (n,) · persons (n,) · units (n,)
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

#: One batch: the inputs by name, and `label` (b,), `row` (b,) the rows' numbers in the whole set.
Batch = dict[str, Tensor]

LABEL, ROW = "label", "row"


@dataclass(frozen=True, slots=True)
class Examples:
    """Examples of one split.

    inputs   by the network's own input names, each (n, ...)
    labels   (n,) float32 on the 0-63 scale, or int64 classes
    persons  (n,) int64; a person never belongs to two splits
    units    (n,) int64, what is scored as one: the clip, file or session of each row
    """

    inputs: Mapping[str, NDArray[np.generic]]
    labels: NDArray[np.generic]
    persons: NDArray[np.int64]
    units: NDArray[np.int64]

    def __len__(self) -> int:
        """Return n."""
        return len(self.labels)

    def batch(self, rows: NDArray[np.int64]) -> Batch:
        """Return the chosen rows as tensors."""
        tensors = {name: torch.from_numpy(values[rows]) for name, values in self.inputs.items()}
        tensors[LABEL] = torch.from_numpy(self.labels[rows])
        tensors[ROW] = torch.from_numpy(rows)
        return tensors

    def subset(self, rows: NDArray[np.int64]) -> "Examples":
        """Return some rows, by number or as a mask."""
        inputs = {name: values[rows] for name, values in self.inputs.items()}
        return Examples(inputs, self.labels[rows], self.persons[rows], self.units[rows])
