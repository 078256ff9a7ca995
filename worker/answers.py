"""What Triton answers is input from outside: checked against the manifest before it counts.

Every disagreement is a `ModelContract`, never a result.
"""

from collections.abc import Mapping
from typing import Any, Final, Protocol, cast

import numpy as np
import numpy.typing as npt

from assessment.faults import ModelContract
from assessment.manifest import Manifest

INPUT: Final = "faces"
PROBABILITIES: Final = "probabilities"
LOWEST_SCORE: Final = 0.0
HIGHEST_SCORE: Final = 63.0
ROUNDING: Final = 1e-3
"""How far a bound or a sum may be missed: 16-bit engines round."""

Scores = npt.NDArray[np.float32]


class Answer(Protocol):
    """What is used of `tritonclient`'s result."""

    def as_numpy(self, name: str) -> npt.NDArray[Any] | None:
        """Return the tensor of that name, or None; raises `ValueError` for a short buffer."""
        ...


def scores_of(answer: Answer, manifest: Manifest, count: int) -> Scores:
    """Return the network's output for `count` faces: (count, width) float32, sound in all."""
    try:
        values = answer.as_numpy(manifest.output)
    except ValueError as error:
        raise _broken(manifest, "sends a tensor of another length than its shape") from error
    if values is None:
        raise _broken(manifest, f"does not send {manifest.output}")
    if values.dtype != np.float32:
        raise _broken(manifest, f"sends {values.dtype}")
    if values.shape != (count, width_of(manifest)):
        raise _broken(manifest, f"sends the shape {values.shape} for {count} faces")
    if not np.isfinite(values).all():
        raise _broken(manifest, "sends a value that is no number")
    scores = cast("Scores", values)
    _check_range(scores, manifest)
    return scores


def width_of(manifest: Manifest) -> int:
    """Return how many values a network says of one face."""
    return len(manifest.labels) if manifest.output == PROBABILITIES else 1


def check_metadata(metadata: Mapping[str, Any], manifest: Manifest) -> None:
    """Raise `ModelContract` unless the served tensors are those of the manifest.

    `metadata` is Triton's model metadata as JSON values; -1 is the batch axis.
    """
    size = manifest.face_size
    expected = {
        INPUT: ("UINT8", [-1, size, size, 3]),
        manifest.output: ("FP32", [-1, width_of(manifest)]),
    }
    tensors = [*metadata.get("inputs", []), *metadata.get("outputs", [])]
    served = {row["name"]: (row["datatype"], [int(n) for n in row["shape"]]) for row in tensors}
    for name, tensor in expected.items():
        if served.get(name) != tensor:
            raise _broken(manifest, f"serves {name} as {served.get(name)}, not {tensor}")


def _check_range(scores: Scores, manifest: Manifest) -> None:
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
