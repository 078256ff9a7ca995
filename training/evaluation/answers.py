"""What an exported network answers to examples, so that the served file itself is weighed."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.examples import Examples
from training.export import session
from training.faults import NothingToWeigh


def answers(
    model: bytes | Path, examples: Examples, output: str, batch: int = 16
) -> NDArray[np.float32]:
    """Run an ONNX file over all examples -> the named output, (n,) or (n, C).

    The inputs go in by the graph's own names. Raises `NothingToWeigh` when the examples lack one
    of them or the graph has no such output.
    """
    served = session(model)
    wanted = [one.name for one in served.get_inputs()]
    outputs = [one.name for one in served.get_outputs()]
    missing = sorted(set(wanted) - set(examples.inputs))
    if missing:
        raise NothingToWeigh(f"the network takes {', '.join(missing)}; the examples have none")
    if output not in outputs:
        raise NothingToWeigh(f"the network has no output {output}, only {', '.join(outputs)}")
    parts: list[NDArray[Any]] = [
        np.asarray(served.run([output], _rows(examples, wanted, at, batch))[0])
        for at in range(0, len(examples), batch)
    ]
    values = np.concatenate(parts)
    return values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values


def _rows(
    examples: Examples, wanted: list[str], at: int, batch: int
) -> dict[str, NDArray[np.generic]]:
    return {name: examples.inputs[name][at : at + batch] for name in wanted}
