"""ONNX Runtime on CPU as a Python-based backend, for a Triton that carries no native one.

    requests ─► their rows joined ─► one session run ─► rows split ─► one response a request

Any model whose configuration says `backend: "onnxruntime"` is served by this file. It
knows no model by name: tensors come from the configuration and from the ONNX file.
Only the interpreter inside Triton imports it (numpy 1.26).
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import triton_python_backend_utils as pb_utils  # pyright: ignore[reportMissingImports]
from onnxruntime.capi import onnxruntime_pybind11_state as engine

Tensors = dict[str, np.ndarray]

DEFAULT_THREADS = "2"
ENGINE_FAULTS = (
    engine.EPFail,
    engine.Fail,
    engine.InvalidArgument,
    engine.NotImplemented,
    engine.RuntimeException,
    KeyError,  # an optional input that only some requests carry
    ValueError,  # arrays that do not join, tensors that the network does not have
)


@dataclass(frozen=True)
class Model:
    """One loaded network: its session and the names that the configuration gives its tensors."""

    session: onnxruntime.InferenceSession
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    batched: bool

    def run(self, tensors: Tensors) -> Tensors:
        """Return every output; arrays are [n, …] when the model is batched."""
        arrays = self.session.run(list(self.outputs), tensors)
        return {name: np.asarray(array) for name, array in zip(self.outputs, arrays, strict=True)}


def checked_bytes(version_folder: Path) -> bytes:
    """Return `model.onnx`, or raise when it is not the file that `manifest.json` describes.

    The bytes that are hashed are the bytes that are loaded: nobody can swap the file between.
    """
    path = version_folder / "manifest.json"
    try:
        expected = json.loads(path.read_text())["sha256"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise pb_utils.TritonModelException(f"no usable manifest at {path}: {error!r}") from error
    try:
        network = (version_folder / "model.onnx").read_bytes()
    except OSError as error:
        raise pb_utils.TritonModelException(f"no network: {error}") from error
    found = hashlib.sha256(network).hexdigest()
    if not hmac.compare_digest(found, str(expected)):
        raise pb_utils.TritonModelException(
            f"{version_folder / 'model.onnx'} is not the network of its manifest:"
            f" sha256 {found}, the manifest says {expected}"
        )
    return network


def session_of(network: bytes, threads: int) -> onnxruntime.InferenceSession:
    """Return a session that leaves the other cores to the other parts."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])


def load(version_folder: Path, config: dict[str, Any]) -> Model:
    """Return the network of one version, checked against its manifest and its configuration."""
    parameters = config.get("parameters", {})
    threads = parameters.get("intra_op_thread_count", {}).get("string_value", DEFAULT_THREADS)
    session = session_of(checked_bytes(version_folder), int(threads))
    model = Model(
        session=session,
        inputs=tuple(tensor["name"] for tensor in config["input"]),
        outputs=tuple(tensor["name"] for tensor in config["output"]),
        batched=config.get("max_batch_size", 0) > 0,
    )
    require(model.inputs, [tensor.name for tensor in session.get_inputs()], "input")
    require(model.outputs, [tensor.name for tensor in session.get_outputs()], "output")
    return model


def require(configured: Sequence[str], present: Sequence[str], kind: str) -> None:
    """Raise unless the network has every tensor that the configuration names."""
    missing = sorted(set(configured) - set(present))
    if missing:
        raise pb_utils.TritonModelException(
            f"the configuration names {kind} {missing}, the network has {sorted(present)}"
        )


def run_each(model: Model, tensors: Sequence[Tensors]) -> list[Tensors | Exception]:
    """Run every request by itself; a request that fails leaves its fault in its place."""
    results: list[Tensors | Exception] = []
    for one in tensors:
        try:
            results.append(model.run(one))
        except ENGINE_FAULTS as error:
            results.append(error)
    return results


def run_together(model: Model, tensors: Sequence[Tensors]) -> list[Tensors | Exception]:
    """Run all requests as one batch, or each by itself when they do not go together."""
    if not model.batched or len(tensors) < 2:
        return run_each(model, tensors)
    try:
        return list(run_joined(model, tensors))
    except ENGINE_FAULTS:
        # One bad request must not fail its neighbours: find it by running them alone.
        return run_each(model, tensors)


def run_joined(model: Model, tensors: Sequence[Tensors]) -> list[Tensors]:
    """Return each request's rows out of one run over the rows of all of them."""
    sizes = [len(one[model.inputs[0]]) for one in tensors]
    joined = model.run({name: np.concatenate([t[name] for t in tensors]) for name in tensors[0]})
    if any(len(array) != sum(sizes) for array in joined.values()):
        raise ValueError("an output has another number of rows than the input")
    return [
        {name: array[end - size : end] for name, array in joined.items()}
        for size, end in zip(sizes, np.cumsum(sizes), strict=True)
    ]


class TritonPythonModel:
    """What Triton calls: initialize, execute, finalize."""

    def initialize(self, args: dict[str, str]) -> None:
        """Load the version that Triton asks for; an exception makes the model not ready."""
        version_folder = Path(args["model_repository"]) / args["model_version"]
        self.model: Model | None = load(version_folder, json.loads(args["model_config"]))

    def execute(self, requests: list[Any]) -> list[Any]:
        """Answer all requests of one call with one run, each with its own response."""
        assert self.model is not None
        results = run_together(self.model, [self._tensors(request) for request in requests])
        return [
            self._response(request, result)
            for request, result in zip(requests, results, strict=True)
        ]

    def finalize(self) -> None:
        """Let the session go."""
        self.model = None

    def _tensors(self, request: Any) -> Tensors:
        return {tensor.name(): tensor.as_numpy() for tensor in request.inputs()}

    def _response(self, request: Any, result: Tensors | Exception) -> Any:
        if isinstance(result, Exception):
            return pb_utils.InferenceResponse([], error=pb_utils.TritonError(str(result)))
        wanted = request.requested_output_names()
        return pb_utils.InferenceResponse(
            [pb_utils.Tensor(name, array) for name, array in result.items() if name in wanted]
        )
