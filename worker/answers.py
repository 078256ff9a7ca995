"""What Triton answers is input from outside: checked against the manifest before it counts.

Every disagreement is a `ModelContract`, never a result.
"""

from collections.abc import Mapping
from typing import Any, Final, Protocol, cast

import numpy as np
import numpy.typing as npt

from assessment.faults import ModelContract
from assessment.manifest import Manifest

PROBABILITIES: Final = "probabilities"
FEATURES: Final = "features"
DATA_TYPES: Final = {"uint8": "UINT8", "float32": "FP32"}
"""Triton's names of the data types."""
LOWEST_SCORE: Final = 0.0
HIGHEST_SCORE: Final = 63.0
ROUNDING: Final = 1e-3
"""How far a bound or a sum may be missed: 16-bit engines round."""

Scores = npt.NDArray[np.float32]
"""What a network says of n rows: (n, width of its output) float32."""
Rows = Mapping[str, npt.NDArray[Any]]
"""A network's inputs by name, each (n, ...)."""


class Answer(Protocol):
    """What is used of `tritonclient`'s result."""

    def as_numpy(self, name: str) -> npt.NDArray[Any] | None:
        """Return the tensor of that name, or None; raises `ValueError` for a short buffer."""
        ...


def scores_of(answer: Answer, manifest: Manifest, count: int) -> Scores:
    """Return the network's output for `count` rows: (count, width) float32, sound in all."""
    try:
        values = answer.as_numpy(manifest.output)
    except ValueError as error:
        raise _broken(manifest, "sends a tensor of another length than its shape") from error
    if values is None:
        raise _broken(manifest, f"does not send {manifest.output}")
    if values.dtype != np.float32:
        raise _broken(manifest, f"sends {values.dtype}")
    if values.shape != (count, manifest.width):
        raise _broken(manifest, f"sends the shape {values.shape} for {count} rows")
    if not np.isfinite(values).all():
        raise _broken(manifest, "sends a value that is no number")
    scores = cast("Scores", values)
    _check_range(scores, manifest)
    return scores


def check_metadata(metadata: Mapping[str, Any], manifest: Manifest) -> None:
    """Raise `ModelContract` unless the served tensors are those of the manifest.

    `metadata` is Triton's model metadata as JSON values; -1 is the batch axis.
    """
    expected = {one.name: (DATA_TYPES[one.dtype], [-1, *one.shape]) for one in manifest.inputs}
    expected[manifest.output] = ("FP32", [-1, manifest.width])
    tensors = [*metadata.get("inputs", []), *metadata.get("outputs", [])]
    served = {row["name"]: (row["datatype"], [int(n) for n in row["shape"]]) for row in tensors}
    for name, tensor in expected.items():
        if served.get(name) != tensor:
            raise _broken(manifest, f"serves {name} as {served.get(name)}, not {tensor}")


def _check_range(scores: Scores, manifest: Manifest) -> None:
    if manifest.output == FEATURES:
        return
    if manifest.output == PROBABILITIES:
        lowest, highest = 0.0, 1.0
        if np.abs(scores.sum(axis=1) - 1.0).max(initial=0.0) > ROUNDING:
            raise _broken(manifest, "sends probabilities that do not sum to one")
    else:
        lowest, highest = LOWEST_SCORE, HIGHEST_SCORE
    if (scores < lowest - ROUNDING).any() or (scores > highest + ROUNDING).any():
        raise _broken(manifest, f"leaves the range from {lowest:g} to {highest:g}")


def _broken(manifest: Manifest, what: str) -> ModelContract:
    return ModelContract(f"{manifest.name} {what}")
