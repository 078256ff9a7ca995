"""`python -m training.release`: a trained checkpoint as the next version of a served network.

    best.pt ─▶ ONNX ─▶ parity with PyTorch ─▶ INT8 ─▶ manifest ─▶ NAME/N/ ─▶ Triton loads it

Everything is made and checked in memory before anything is written, and a version appears whole, by
one rename. A failure leaves the repository as it was; a version that Triton refuses is withdrawn.
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from assessment.faults import Misconfigured
from networks.tensors import ServedModel
from training.agreement import Agreement, Outputs, compare
from training.architectures import Trained, load_trained
from training.calibration_rows import Halves, read_rows
from training.covering import cover
from training.drift import limits_of
from training.export import export, run, session
from training.faults import LoadRefused, ReleaseRefused, TrainingFault
from training.fetch import sha256_of
from training.golden import complete
from training.loading import find_server, load
from training.plan_shapes import probe
from training.quantise import BATCH, Engine, quantise
from training.repository import ROOT, Measured, ModelFolder
from training.side_by_side import side_by_side
from training.statement import (
    read_document,
    read_evaluation,
    require_valid,
    stated_parts,
)
from worker.faces import FaceFinder

#: Largest difference between PyTorch and ONNX Runtime, as a share of each output's range.
PARITY = 1e-4
PARITY_ROWS, PARITY_LENGTH = 4, 16

Say = Callable[[str], None]
Exporter = Callable[[nn.Module, ServedModel], bytes]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be released, and from which files; `rows` is needed for INT8."""

    checkpoint: Path
    network: str
    evaluation: Path | None = None
    statement: Path | None = None
    int8: Engine | None = None
    rows: Path | None = None


def main(arguments: list[str] | None = None) -> int:
    """Release; 0 when the version is in place (and loaded), 1 with one line on stderr if not."""
    options = _options(arguments)
    wanted = Wanted(
        options.checkpoint,
        options.network,
        options.evaluation,
        options.statement,
        options.int8,
        options.rows,
    )
    try:
        folder = release(wanted, options.repository, print)
        complete([folder], partial(FaceFinder, options.detector), print)
        cover([folder], print)
        if options.load:
            load_or_withdraw(folder, options.load, print)
    except (TrainingFault, Misconfigured, OSError) as error:
        print(f"release: {error}", file=sys.stderr)
        return 1
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training.release",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--checkpoint", type=Path, required=True, help="best.pt of a run")
    add("--network", required=True, help="the served network, such as hmhn")
    add("--evaluation", type=Path, help="JSON with the evidence and calibration measured")
    add("--statement", type=Path, help="JSON that says what the weights were trained on")
    add("--int8", type=Engine, nargs="?", const=Engine.CPU, help="for cpu (default) or gpu")
    add("--rows", type=Path, help="NPZ of the network's inputs and persons, for --int8")
    repository = ROOT / "model_repository"
    add("--repository", type=Path, default=repository, help="the Triton model repository")
    add("--detector", type=Path, default=ROOT / "weights" / "detector.onnx", help="face detector")
    add("--load", help="Triton to load it: HOST:PORT, or DATA/triton/control.json")
    return parser.parse_args(arguments)


def release(wanted: Wanted, repository: Path, say: Say, exporter: Exporter = export) -> ModelFolder:
    """Put the checkpoint in place as the network's next version.

    Raises a `TrainingFault` that says what is wrong, having written nothing.
    """
    started, digest = time.monotonic(), _digest(wanted.checkpoint)
    trained = load_trained(wanted.checkpoint, wanted.network)
    folder = ModelFolder(repository, wanted.network).next_version()
    evidence, calibration = read_evaluation(wanted.evaluation, digest)
    statement = read_document(wanted.statement, "statement") if wanted.statement else None
    stated = stated_parts(folder.static(), statement, evidence, trained.knobs)
    expected = answers(trained)
    content = exporter(trained.served, trained.model)
    severity = folder.static()["task"] == "severity"
    parity = prove(trained, expected, content, severity=severity)
    say(f"{wanted.network}: ONNX and PyTorch agree to {parity.largest:.1e} of the range")
    described: dict[str, Any] = {
        "tolerance": parity.tolerance,
        "max_abs_difference": parity.largest,
        "scaled": True,
    }
    if wanted.int8 is not None:
        content, described["int8"] = _make_int8(trained.model, content, wanted, say)
    seconds = time.monotonic() - started
    measured = Measured(evidence, calibration, described, torch.__version__, seconds, stated)
    require_valid(folder.complete(content, digest, measured))
    folder.write(content, digest, measured)
    say(f"{wanted.network}: version {folder.version} is in place")
    return folder


def _digest(checkpoint: Path) -> str:
    try:
        return sha256_of(checkpoint)
    except OSError as error:
        raise ReleaseRefused(f"cannot read the checkpoint {checkpoint}: {error}") from error


def answers(trained: Trained) -> Outputs:
    """What PyTorch says of `parity_rows`, by output.

    Raises `ReleaseRefused` when the outputs are not shaped as the network is served.
    """
    model, rows = trained.model, parity_rows(trained.model)
    with torch.inference_mode():
        said = trained.served(*(torch.from_numpy(rows[tensor.name]) for tensor in model.inputs))
    names = [output.name for output in model.outputs]
    found = {name: answer.numpy() for name, answer in zip(names, said, strict=True)}
    for output in model.outputs:
        served = tuple(PARITY_LENGTH if length < 0 else length for length in output.shape)
        if found[output.name].shape[1:] != served:
            raise ReleaseRefused(
                f"the checkpoint's {output.name} is {list(found[output.name].shape[1:])} a row, and"
                f" {model.name} is served with {list(served)}: it was trained with another config"
            )
    return found


def prove(trained: Trained, expected: Outputs, content: bytes, *, severity: bool) -> Agreement:
    """Compare a graph with what its network says; raises `ParityFailed` past `PARITY`."""
    found = run(session(content), parity_rows(trained.model))
    agreement = compare(expected, found, PARITY, severity=severity)
    agreement.require(f"{trained.model.name}: ONNX Runtime and PyTorch")
    return agreement


def parity_rows(model: ServedModel) -> dict[str, NDArray[np.generic]]:
    """A few rows of every input of a network, the same every time."""
    shapes = {
        tensor.name: (PARITY_ROWS, *(PARITY_LENGTH if n < 0 else n for n in tensor.shape))
        for tensor in model.inputs
    }
    return probe(shapes, {tensor.name: tensor.dtype for tensor in model.inputs})


def _make_int8(
    model: ServedModel, content: bytes, wanted: Wanted, say: Say
) -> tuple[bytes, dict[str, Any]]:
    """The graph in INT8, and what the manifest says of it."""
    if wanted.int8 is None or wanted.rows is None:
        raise ReleaseRefused("--int8 needs --rows: inputs that look like those to come")
    halves: Halves = read_rows(wanted.rows, model)
    limits = limits_of(model)
    small = quantise(content, halves.calibration, halves.held_out, limits, wanted.int8)
    few = {name: values[:BATCH] for name, values in halves.held_out.items()}
    speeds = side_by_side(content, small.content, few)
    say(
        f"{model.name}: INT8 drifts by {small.drift.mean:.3g} on average and"
        f" {small.drift.maximum:.3g} at most; {speeds.second:.1f} rows/s instead of"
        f" {speeds.first:.1f} ({speeds.ratio:.1f}x, median of {speeds.runs} runs in turns);"
        f" {len(small.content) / 1e6:.0f} MB instead of {len(content) / 1e6:.0f}"
    )
    return small.content, small.document()


def load_or_withdraw(folder: ModelFolder, target: str, say: Say) -> None:
    """Have Triton load the version; take it away again when Triton does not.

    Else the next start of the stack would meet a version that no Triton loads.
    """
    try:
        load(find_server(target), folder.name, folder.version)
    except LoadRefused:
        folder.withdraw()
        say(f"{folder.name}: version {folder.version} was withdrawn")
        raise
    say(f"{folder.name}: version {folder.version} is loaded")


if __name__ == "__main__":
    sys.exit(main())
