"""A network in PyTorch to the ONNX file that Triton serves, and the proof that both agree."""

import contextlib
import io
import logging
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import nn

from networks.tensors import ServedModel, ServedTensor
from training.faults import ParityFailed

OPSET = 18  # the lowest that PyTorch's exporter writes without converting down
THREADS = 2

#: Largest difference allowed between ONNX Runtime and PyTorch, in any output of a network with
#: scores on the 0-63 scale: a sixty-thousandth of that scale.
PARITY_TOLERANCE = 1e-3

#: The same for a network whose outputs are of the order of 1: probabilities, weights, features.
UNIT_TOLERANCE = 1e-4

#: Rows of an example, as the exporter takes an axis of one for a constant.
_ROWS = 2
_LONGEST = 4096

#: What goes into a served model: arrays by the inputs' names, or the only input's array.
Inputs = Mapping[str, NDArray[np.generic]] | NDArray[np.generic]
Outputs = dict[str, NDArray[np.float32]]


def export(network: nn.Module, model: ServedModel) -> bytes:
    """The network in eval mode as an ONNX graph with a free batch axis, weights inside.

    Every axis of length -1 is free, too, and all of them are equally long.
    """
    network.eval()
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")  # the exporter warns about its own parts
        program = torch.onnx.export(
            network,
            tuple(_example(tensor) for tensor in model.inputs),
            dynamo=True,
            opset_version=OPSET,
            input_names=[tensor.name for tensor in model.inputs],
            output_names=[output.name for output in model.outputs],
            dynamic_shapes=_free_axes(model),
        )
    if program is None:
        raise ParityFailed(f"{model.name}: PyTorch exported nothing")
    return _without_traces(program.model_proto).SerializeToString(deterministic=True)


def _example(tensor: ServedTensor) -> torch.Tensor:
    """Zeros of a served input's type and shape, free axes of another length than the batch."""
    shape = (_ROWS, *(_ROWS + 1 if length < 0 else length for length in tensor.shape))
    return torch.zeros(shape, dtype=getattr(torch, tensor.dtype))


def _free_axes(model: ServedModel) -> tuple[dict[int, Any], ...]:
    """For each input, the axes whose length may change."""
    rows = torch.export.Dim("n", min=1, max=_LONGEST)
    free = torch.export.Dim("t", min=1, max=_LONGEST)
    return tuple(
        {0: rows} | {axis: free for axis, length in enumerate(tensor.shape, 1) if length < 0}
        for tensor in model.inputs
    )


def _without_traces(exported: onnx.ModelProto) -> onnx.ModelProto:
    """Drop what the exporter notes of its caller's files, so that equal weights are equal bytes."""
    for part in (exported, exported.graph, *exported.graph.node, *exported.graph.value_info):
        del part.metadata_props[:]
    return exported


def session(content: bytes | Path) -> onnxruntime.InferenceSession:
    """An ONNX Runtime session on two CPU threads that sleep when idle."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    source = str(content) if isinstance(content, Path) else content
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def run(served: onnxruntime.InferenceSession, inputs: Inputs, batch: int = 16) -> Outputs:
    """All rows (n, ...) through a session, in batches -> outputs by name, (n, ...)."""
    names = [output.name for output in served.get_outputs()]
    arrays = _by_name(inputs, served.get_inputs()[0].name)
    count = len(next(iter(arrays.values())))
    parts = [
        [
            np.asarray(output)
            for output in served.run(names, {n: v[at : at + batch] for n, v in arrays.items()})
        ]
        for at in range(0, count, batch)
    ]
    return {name: np.concatenate([part[i] for part in parts]) for i, name in enumerate(names)}


def _by_name(inputs: Inputs, first: str) -> Mapping[str, NDArray[np.generic]]:
    return {first: inputs} if isinstance(inputs, np.ndarray) else inputs


@dataclass(frozen=True, slots=True)
class Parity:
    """How well ONNX Runtime repeats PyTorch."""

    tolerance: float
    max_abs_difference: float


def prove_parity(
    network: nn.Module, content: bytes, inputs: Inputs, tolerance: float = PARITY_TOLERANCE
) -> Parity:
    """Compare every output on the inputs, in the order of the network's arguments.

    Raises `ParityFailed` past the tolerance, which counts in the outputs' own units.
    """
    network.eval()
    served = session(content)
    arrays = _by_name(inputs, served.get_inputs()[0].name)
    with torch.inference_mode():
        expected = network(*(torch.from_numpy(array) for array in arrays.values()))
    found = run(served, arrays, batch=len(next(iter(arrays.values()))))
    differences = [
        float(np.abs(values - wanted.numpy()).max())
        for values, wanted in zip(found.values(), expected, strict=True)
    ]
    worst = max(differences)
    if not worst <= tolerance:  # NaN fails too
        raise ParityFailed(f"ONNX Runtime and PyTorch differ by {worst:g} > {tolerance:g}")
    return Parity(tolerance, worst)
