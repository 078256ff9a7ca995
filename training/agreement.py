"""How far two engines disagree on a network, each output counted on its own range.

scores on 0-63 ÷ 63 · probabilities, maps, features ÷ their largest value, at least 1
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from networks.tensors import SCALE_MAXIMUM
from training.faults import ParityFailed

Outputs = Mapping[str, NDArray[np.float32]]
"""A network's outputs by name, each (n, ...) float32."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """The largest difference of any entry of any output, as a share of that output's range."""

    tolerance: float
    largest: float
    output: str  # where it was

    def require(self, what: str) -> None:
        """Raise `ParityFailed` past the tolerance; NaN is past it."""
        if not self.largest <= self.tolerance:
            raise ParityFailed(
                f"{what} differ by {self.largest:.3g} of the range of {self.output},"
                f" and {self.tolerance:g} is allowed"
            )


def compare(expected: Outputs, found: Outputs, tolerance: float, *, severity: bool) -> Agreement:
    """Compare outputs (n, ...) by name; with `severity`, outputs (n, 1) are scores on 0-63.

    Raises `ParityFailed` when the two do not have the same outputs of the same shapes.
    """
    described = [{name: array.shape for name, array in one.items()} for one in (expected, found)]
    if described[0] != described[1]:
        raise ParityFailed(f"outputs are {described[1]} where {described[0]} were expected")
    worst = {
        name: float(np.abs(found[name] - values).max()) / span(values, severity=severity)
        for name, values in expected.items()
    }
    # max() passes over NaN, argmax does not.
    at = int(np.argmax(list(worst.values())))
    return Agreement(tolerance, list(worst.values())[at], list(worst)[at])


def span(values: NDArray[np.float32], *, severity: bool) -> float:
    """The range that differences of an output (n, ...) are counted on."""
    if severity and values.shape[1:] == (1,):
        return float(SCALE_MAXIMUM)
    return max(1.0, float(np.abs(values).max()))
