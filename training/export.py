"""A network in PyTorch to the ONNX file that Triton serves, and the proof that both agree."""

import contextlib
import io
import logging
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import nn

from networks.tensors import ServedModel
from training.faults import ParityFailed

OPSET = 18  # the lowest that PyTorch's exporter writes without converting down
THREADS = 2

#: Largest difference allowed between ONNX Runtime and PyTorch, in any output. The scores are on the
#: 0-63 scale, so this is a sixty-thousandth of it.
PARITY_TOLERANCE = 1e-3

Outputs = dict[str, NDArray[np.float32]]


def export(network: nn.Module, model: ServedModel) -> bytes:
    """The network in eval mode as an ONNX graph with a free batch axis, weights inside."""
    network.eval()
    # Two faces, as the exporter takes a batch of one for a constant.
    faces = torch.zeros((2, *model.faces.shape), dtype=torch.uint8)
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")  # the exporter warns about its own parts
        program = torch.onnx.export(
            network,
            (faces,),
            dynamo=True,
            opset_version=OPSET,
            input_names=[model.faces.name],
            output_names=[output.name for output in model.outputs],
            dynamic_shapes=({0: torch.export.Dim("n", min=1, max=4096)},),
        )
    if program is None:
        raise ParityFailed(f"{model.name}: PyTorch exported nothing")
    return _without_traces(program.model_proto).SerializeToString(deterministic=True)


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


def run(served: onnxruntime.InferenceSession, faces: NDArray[np.uint8], batch: int = 16) -> Outputs:
    """All faces (n, S, S, 3) through a session, in batches -> outputs by name, (n, ...)."""
    names = [output.name for output in served.get_outputs()]
    parts = [
        [np.asarray(output) for output in served.run(names, {"faces": faces[at : at + batch]})]
        for at in range(0, len(faces), batch)
    ]
    return {name: np.concatenate([part[i] for part in parts]) for i, name in enumerate(names)}


@dataclass(frozen=True, slots=True)
class Parity:
    """How well ONNX Runtime repeats PyTorch."""

    tolerance: float
    max_abs_difference: float


def prove_parity(network: nn.Module, content: bytes, faces: NDArray[np.uint8]) -> Parity:
    """Compare every output on the faces; raises `ParityFailed` past the tolerance."""
    network.eval()
    with torch.inference_mode():
        expected = network(torch.from_numpy(faces))
    found = run(session(content), faces, batch=len(faces))
    differences = [
        float(np.abs(values - wanted.numpy()).max())
        for values, wanted in zip(found.values(), expected, strict=True)
    ]
    worst = max(differences)
    if not worst <= PARITY_TOLERANCE:  # NaN fails too
        raise ParityFailed(f"ONNX Runtime and PyTorch differ by {worst:g} > {PARITY_TOLERANCE:g}")
    return Parity(PARITY_TOLERANCE, worst)
