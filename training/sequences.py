"""Faces in the order of time, made into what the networks of clips and of sets of frames read.

faces (n, S, S, 3), unit by unit ─┬─▶ whole clips ─▶ worker.clips.INPUTS ─▶ Examples   clips_of
                                  └─▶ trunk ─▶ features (units, T, D), mask ─▶ Examples  sets_of
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.examples import Examples
from training.faults import NothingUsable
from training.learners_clips import FEATURES, MASK
from training.learners_severity import FACES
from worker.clips import INPUTS

#: Faces (n, S, S, 3) uint8 -> features (n, D) float32.
Features = Callable[[NDArray[Any]], NDArray[np.float32]]


def clips_of(faces: Examples, names: tuple[str, ...], length: int) -> Examples:
    """Cut every unit into clips of `length` consecutive faces, and make the named inputs of each.

    A rest shorter than a clip is left out. Raises `NothingUsable` when no unit holds a clip.
    """
    starts = [rows[at : at + length] for rows in _units(faces) for at in _places(rows, length)]
    if not starts:
        raise NothingUsable(f"no recording has {length} usable faces in a row: crop more frames")
    pixels, first = faces.inputs[FACES], np.array([rows[0] for rows in starts])
    inputs = {
        name: np.stack([INPUTS[name](np.asarray(pixels[rows], np.uint8)) for rows in starts])
        for name in names
    }
    return Examples(inputs, faces.labels[first], faces.persons[first], faces.units[first])


def sets_of(faces: Examples, features: Features, most: int) -> Examples:
    """One row a unit: the features of at most `most` evenly spaced faces, zeros and mask 0 after.

    Inputs features (units, most, D) float32 and mask (units, most) float32.
    """
    chosen = [rows[_spaced(len(rows), most)] for rows in _units(faces)]
    pixels, first = faces.inputs[FACES], np.array([rows[0] for rows in chosen])
    found = [features(np.asarray(pixels[rows])) for rows in chosen]
    values = np.zeros((len(chosen), most, found[0].shape[1]), np.float32)
    mask = np.zeros(values.shape[:2], np.float32)
    for unit, seen in enumerate(found):
        values[unit, : len(seen)], mask[unit, : len(seen)] = seen, 1.0
    inputs = {FEATURES: values, MASK: mask}
    return Examples(inputs, faces.labels[first], faces.persons[first], faces.units[first])


def _units(faces: Examples) -> Iterator[NDArray[np.int64]]:
    """The rows of each unit, in order."""
    for unit in np.unique(faces.units):
        yield np.flatnonzero(faces.units == unit)


def _places(rows: NDArray[np.int64], length: int) -> range:
    return range(0, len(rows) - length + 1, length)


def _spaced(count: int, most: int) -> NDArray[np.int64]:
    return np.linspace(0, count - 1, min(count, most)).round().astype(np.int64)
