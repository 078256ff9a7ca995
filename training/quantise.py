"""An FP32 graph as an INT8 one, and how far its scores drift because of it.

    graph ─▶ channels of one size ─▶ activation ranges ─▶ QDQ graph ─▶ drift on other rows
                  (equalise)      on calibration rows         ▲               │ too large
                                                              └─ more in FP32 ◀┘  … or DriftTooLarge

Convolutions, additions, ReLUs and pooling become INT8, weights per channel. Normalisation, the
first convolution and everything after the last one (heads, softmax) stay in FP32.
"""

import contextlib
import io
import logging
import math
import tempfile
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)

from training.drift import Drift, Limits, drift_between
from training.equalise import equalised
from training.export import run, session
from training.faults import DriftTooLarge

#: Rows by input name, each (n, ...), as requests carry them.
Rows = Mapping[str, NDArray[np.generic]]

QUANTISED = ("Conv", "Add", "Relu", "MaxPool")
BATCH = 8

#: The share of an activation's values that its range holds. The quantiser's own 99.999 leaves all
#: but a few values in a corner of the 256: 0.61 points of drift against 0.44 (ddl_resnet50).
PERCENTILE = 99.99

#: The shares of the first and of the last convolutions that stay in FP32, tried in turn until the
#: drift is small. Which end matters differs: HMHN's first layers, the ResNet-50's last ones.
KEPT = ((0.0, 0.0), (0.25, 0.0), (0.0, 0.25), (0.5, 0.0), (0.0, 0.5))


class Engine(StrEnum):
    """What an INT8 graph is made for; the two want different numbers.

    cpu  ONNX Runtime: uint8 activations with a zero point. Weights use 7 bits, because products of
         8 bits saturate on x86 without VNNI.
    gpu  TensorRT, which takes symmetric int8 activations only; no faster than FP32 on an old CPU.
    """

    CPU = "cpu"
    GPU = "gpu"


@dataclass(frozen=True, slots=True)
class Quantised:
    """An INT8 graph that was found good enough, and what it was found by."""

    content: bytes
    engine: Engine
    drift: Drift
    limits: Limits
    calibration_rows: int
    convolutions: int
    in_fp32: int  # of the convolutions

    def document(self) -> dict[str, Any]:
        """What the manifest's parity says of it."""
        return {
            "engine": str(self.engine),
            "calibration_rows": self.calibration_rows,
            "held_out_rows": self.drift.n,
            "mean_drift": round(self.drift.mean, 6),
            "max_drift": round(self.drift.maximum, 6),
            "mean_limit": self.limits.mean,
            "max_limit": self.limits.maximum,
            "convolutions": self.convolutions,
            "convolutions_in_fp32": self.in_fp32,
        }


def quantise(
    content: bytes, calibration: Rows, held_out: Rows, limits: Limits, engine: Engine
) -> Quantised:
    """Return the first INT8 graph, in the order of `KEPT`, whose drift is within the limits.

    The two sets of rows should share no person. The drift is of the rows that it was chosen on.
    Raises `DriftTooLarge` with what was measured.
    """
    convolutions = [node.name for node in _nodes(content) if node.op_type == "Conv"]
    if len(convolutions) < 2:
        raise DriftTooLarge("the graph has no two convolutions: INT8 would gain nothing")
    expected = first_output(content, held_out)
    tried: list[str] = []
    equal = equalised(content, calibration)
    with tempfile.TemporaryDirectory() as folder:
        for first, last in KEPT:
            kept = _kept(content, first, last)
            in_fp32 = len(set(kept) & set(convolutions))
            if in_fp32 == len(convolutions):
                continue  # a small network of which nothing would be INT8
            small = _quantise(equal, calibration, kept, engine, Path(folder))
            drift = drift_between(expected, first_output(small, held_out))
            if drift.within(limits):
                rows = _length(calibration)
                return Quantised(small, engine, drift, limits, rows, len(convolutions), in_fp32)
            tried.append(f"{in_fp32} in FP32: mean {drift.mean:.3g}, max {drift.maximum:.3g}")
    raise DriftTooLarge(
        f"INT8 changes the first output by more than mean {limits.mean:g}, max {limits.maximum:g}"
        f" (of {len(convolutions)} convolutions {'; '.join(tried)}): release it without --int8, or"
        " calibrate on more rows"
    )


def first_output(content: bytes, rows: Rows) -> NDArray[np.float32]:
    """The first output of every row (n, ...), in small batches."""
    served = session(content)
    return run(served, rows, BATCH)[served.get_outputs()[0].name]


def batches(rows: Rows) -> Generator[dict[str, NDArray[np.generic]]]:
    """The rows in batches of `BATCH`."""
    for at in range(0, _length(rows), BATCH):
        yield {name: values[at : at + BATCH] for name, values in rows.items()}


def _length(rows: Rows) -> int:
    return len(next(iter(rows.values())))


def _nodes(content: bytes) -> Sequence[onnx.NodeProto]:
    return onnx.load_from_string(content).graph.node


def _kept(content: bytes, first: float, last: float) -> list[str]:
    """The names of the nodes at both ends that stay in FP32, the first convolution always."""
    named = [(node.name, node.op_type) for node in _nodes(content) if node.op_type in QUANTISED]
    places = [at for at, (_, kind) in enumerate(named) if kind == "Conv"]
    head = places[max(1, int(len(places) * first))]
    tail = places[-math.ceil(len(places) * last)] if last else len(named)
    return [name for at, (name, _) in enumerate(named) if at < head or at >= tail]


class _Reader(CalibrationDataReader):
    """Hands the calibration rows over, one batch a range.

    Ranges keep the memory small: of every batch of a range the quantiser holds all activations.
    """

    def __init__(self, rows: Rows) -> None:
        self._batches = list(batches(rows))
        self._waiting = iter(self._batches)

    def __len__(self) -> int:
        return len(self._batches)

    def set_range(self, start_index: int, end_index: int) -> None:
        """Hand out these batches next."""
        self._waiting = iter(self._batches[start_index:end_index])

    def get_next(self) -> Any:
        """The next batch of the range, or nothing."""
        return next(self._waiting, None)


def _quantise(
    content: bytes, calibration: Rows, kept: Sequence[str], engine: Engine, folder: Path
) -> bytes:
    source, target, ranges = folder / "fp32.onnx", folder / "int8.onnx", folder / "ranges.json"
    source.write_bytes(content)
    symmetric = engine is Engine.GPU
    with _quietly():
        quantize_static(
            source,
            target,
            _Reader(calibration),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=list(QUANTISED),
            per_channel=True,
            reduce_range=not symmetric,
            activation_type=QuantType.QInt8 if symmetric else QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=list(kept),
            calibrate_method=CalibrationMethod.Percentile,
            calibration_cache_path=ranges,  # measured once, for all shares of KEPT
            # TensorRT reads no quantised biases.
            extra_options={
                "ActivationSymmetric": symmetric,
                "QuantizeBias": not symmetric,
                "CalibPercentile": PERCENTILE,
                "CalibStridedMinMax": 1,  # batches a range; for every method, despite its name
            },
        )
    return target.read_bytes()


@contextlib.contextmanager
def _quietly() -> Generator[None]:
    """Keep the quantiser's progress off standard output and its advice out of the log."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.disable(before)
