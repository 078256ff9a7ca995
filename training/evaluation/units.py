"""What is scored as one: frames to clips, files or sessions; every table says its unit and its n.

frame scores ─▶ mean over a file ─▶ mean over a session (AVEC2014: Freeform and Northwind)
   Unit.FRAME       Unit.FILE            Unit.SESSION

The literature on AVEC2014 scores 100 files or 50 sessions; the numbers differ, so both are given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.examples import Examples
from training.faults import NothingToWeigh


class Unit(StrEnum):
    """What one row of an evaluation is."""

    FRAME = "frame"
    CLIP = "clip"
    FILE = "file"
    SESSION = "session"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Scored:
    """Predictions beside the truth, n rows of one unit.

    predicted  (n,) on the 0-63 scale, or class probabilities (n, C)
    true       (n,) on the 0-63 scale, or classes
    persons    (n,) whose row it is
    units      (n,) numbers of the units, distinct unless the unit is a frame
    """

    predicted: NDArray[Any]
    true: NDArray[Any]
    persons: NDArray[np.int64]
    units: NDArray[np.int64]
    unit: Unit

    def __post_init__(self) -> None:
        """Refuse columns of different length, none at all, and predictions that are not finite."""
        lengths = [len(c) for c in (self.predicted, self.true, self.persons, self.units)]
        if len(set(lengths)) > 1 or lengths[0] == 0:
            raise NothingToWeigh(
                "predictions, truth, persons and units must be as many and at least one, "
                f"found {', '.join(map(str, lengths))}"
            )
        if not np.isfinite(self.predicted).all() or not np.isfinite(self.true).all():
            raise NothingToWeigh("predictions and truth must be finite numbers; some are not")

    def __len__(self) -> int:
        """Return n."""
        return len(self.true)

    @property
    def n_persons(self) -> int:
        """How many persons the rows come from."""
        return len(np.unique(self.persons))

    def __str__(self) -> str:
        """Return what a table must say: "100 files of 42 persons"."""
        return f"{len(self)} {self.unit}s of {self.n_persons} persons"

    def subset(self, rows: NDArray[Any]) -> "Scored":
        """Return some rows, by number or as a mask."""
        columns = (self.predicted, self.true, self.persons, self.units)
        return Scored(*(column[rows] for column in columns), unit=self.unit)

    def mean_over(self, units: NDArray[np.int64], unit: Unit) -> "Scored":
        """Return the mean prediction of each of the given units (n,), in ascending order.

        Raises `NothingToWeigh` when rows of one unit differ in label or person.
        """
        names, first, member = np.unique(units, return_index=True, return_inverse=True)
        for column, what in ((self.true, "labels"), (self.persons, "persons")):
            wrong = np.flatnonzero(column != column[first][member])
            if len(wrong):
                raise NothingToWeigh(f"{unit} {units[wrong[0]]} has two {what}")
        counts = np.bincount(member)
        sums = np.zeros((len(names), *self.predicted.shape[1:]))
        np.add.at(sums, member, self.predicted)
        means = sums / counts.reshape(-1, *[1] * (self.predicted.ndim - 1))
        return Scored(means, self.true[first], self.persons[first], names, unit)


def scored(predicted: NDArray[Any], examples: Examples, unit: Unit) -> Scored:
    """Return predictions (n,) or (n, C) of examples as one row a unit, the mean over its rows.

    For `Unit.FRAME` the rows stay as they are.
    """
    true = examples.labels
    rows = Scored(predicted, true, examples.persons, examples.units, Unit.FRAME)
    return rows if unit is Unit.FRAME else rows.mean_over(examples.units, unit)


def per_file_and_session(files: Scored, names: Sequence[str]) -> tuple[Scored, Scored]:
    """Return AVEC's two views of the same scores: per file, and per session.

    `files` has one row a file, `names` its file name, like "203_1_Freeform_video.mp4". A session
    is the plain mean of its files, however long each is.
    """
    if len(names) != len(files):
        raise NothingToWeigh(f"{len(names)} file names for {len(files)} scored files")
    sessions = {name: number for number, name in enumerate(sorted({*map(session_of, names)}))}
    numbers = np.array([sessions[session_of(name)] for name in names])
    return files, files.mean_over(numbers, Unit.SESSION)


def session_of(name: str) -> str:
    """Return the session of an AVEC file: "…/203_1_Freeform_video.mp4" -> "203_1" [sure].

    Raises `NothingToWeigh` for a name of another layout.
    """
    person, _, rest = PurePath(name).name.partition("_")
    session = rest.partition("_")[0].partition(".")[0]
    if not (person.isdigit() and session.isdigit()):
        raise NothingToWeigh(f"{name} is not named like AVEC's PERSON_SESSION_…, e.g. 203_1_…")
    return f"{person}_{session}"
