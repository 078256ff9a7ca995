"""Rows to make a network INT8 by, out of an NPZ file: one half measures ranges, the other drift.

NPZ: the network's inputs by name, each (n, ...), and persons (n,), who never are in both halves
"""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from networks.tensors import ServedModel, ServedTensor
from training.faults import ReleaseRefused

PERSONS = "persons"

#: Below this neither the ranges nor the drift mean much.
FEWEST_ROWS = 16

Rows = dict[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Halves:
    """The inputs of two sets of persons."""

    calibration: Rows
    held_out: Rows


def read_rows(path: Path, model: ServedModel) -> Halves:
    """Read and split the rows; raises `ReleaseRefused` that says what is wrong with them."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (OSError, ValueError, zipfile.BadZipFile, EOFError) as error:
        raise ReleaseRefused(f"cannot read the rows {path}: {error}") from error
    rows = {tensor.name: _input(path, arrays, tensor) for tensor in model.inputs}
    if PERSONS not in arrays:
        raise ReleaseRefused(f"{path} has no {PERSONS}: the drift is measured on other persons")
    persons = arrays[PERSONS]
    if {len(values) for values in rows.values()} != {len(persons)}:
        raise ReleaseRefused(f"the arrays of {path} are not equally long")
    return split(rows, persons)


def _input(path: Path, arrays: Rows, tensor: ServedTensor) -> NDArray[np.generic]:
    values = arrays.get(tensor.name)
    if values is None:
        raise ReleaseRefused(f"{path} has no {tensor.name}, which the network takes")
    fits = len(values.shape) == len(tensor.shape) + 1 and all(
        wanted in (-1, side) for wanted, side in zip(tensor.shape, values.shape[1:], strict=True)
    )
    if not fits or values.dtype != np.dtype(tensor.dtype):
        raise ReleaseRefused(
            f"{tensor.name} in {path} is {values.dtype} {list(values.shape[1:])} a row, and the"
            f" network takes {tensor.dtype} {list(tensor.shape)}"
        )
    return values


def split(rows: Rows, persons: NDArray[np.generic]) -> Halves:
    """Every other person to each half; raises `ReleaseRefused` when a half would be too small."""
    _, numbers = np.unique(persons, return_inverse=True)
    first = numbers % 2 == 0  # (n,)
    if min(first.sum(), (~first).sum()) * 2 < FEWEST_ROWS:
        raise ReleaseRefused(
            f"{len(persons)} rows of {len(np.unique(persons))} persons are too few for INT8:"
            f" give at least {FEWEST_ROWS // 2} rows for each half"
        )
    return Halves(
        {name: values[first] for name, values in rows.items()},
        {name: values[~first] for name, values in rows.items()},
    )
