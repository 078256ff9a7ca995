"""Reading scores from a csv: one row a frame or unit, further columns are slices.

severity   unit,person,true,predicted            true and predicted on 0-63
classes    unit,person,true,p_happy,p_sad,…      true is one of the labels

Rows of one unit are averaged; every other column ("sex", "light") names groups.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.evaluation.units import Scored, Unit
from training.faults import NothingToWeigh

PROBABILITY = "p_"
REQUIRED = ("unit", "person", "true")

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Scores:
    """A csv of scores: one row a unit, the groups of each, its labels (none for severity)."""

    scored: Scored
    labels: tuple[str, ...]
    groups: dict[str, tuple[str, ...]]
    persons: tuple[str, ...]  # the persons' names, by number


def read_scores(path: Path, unit: Unit, persons: Sequence[str] = ()) -> Scores:
    """Read a csv; `persons` are names whose numbers are kept from another file.

    Raises `NothingToWeigh` for a missing file or column, a cell that is no number, or a label
    that has no column.
    """
    header, rows = _rows(path)
    labels = tuple(name[len(PROBABILITY) :] for name in header if name.startswith(PROBABILITY))
    wanted = [*REQUIRED, *([] if labels else ["predicted"])]
    if missing := [name for name in wanted if name not in header]:
        raise NothingToWeigh(f"{path.name} lacks the column {missing[0]}; needed: {wanted}")
    known = (*persons, *sorted({row["person"] for row in rows} - set(persons)))
    numbers = {name: number for number, name in enumerate(known)}
    units = {name: number for number, name in enumerate(sorted({row["unit"] for row in rows}))}
    frames = Scored(
        _predicted(path, rows, labels),
        _true(path, rows, labels),
        np.array([numbers[row["person"]] for row in rows]),
        np.array([units[row["unit"]] for row in rows]),
        Unit.FRAME,
    )
    found = frames if unit is Unit.FRAME else frames.mean_over(frames.units, unit)
    taken = {*wanted, *(PROBABILITY + label for label in labels)}
    firsts = _first_rows(frames.units, found)
    groups = {
        name: tuple(rows[row][name] for row in firsts) for name in header if name not in taken
    }
    return Scores(found, labels, groups, known)


def _rows(path: Path) -> tuple[list[str], list[Row]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream, strict=True, restval="")
            return list(reader.fieldnames or ()), list(reader)
    except FileNotFoundError as error:
        raise NothingToWeigh(f"there is no {path.name}") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise NothingToWeigh(f"{path.name} is not a csv in UTF-8: {error}") from error


def _first_rows(units: NDArray[np.int64], found: Scored) -> NDArray[np.int64]:
    """The row that a unit's groups are read from."""
    if found.unit is Unit.FRAME:
        return np.arange(len(units))
    return np.unique(units, return_index=True)[1]


def _predicted(path: Path, rows: list[Row], labels: Sequence[str]) -> NDArray[np.float64]:
    if not labels:
        return _numbers(path, rows, "predicted")
    return np.stack([_numbers(path, rows, PROBABILITY + label) for label in labels], axis=1)


def _true(
    path: Path, rows: list[Row], labels: Sequence[str]
) -> NDArray[np.float64] | NDArray[np.int64]:
    if not labels:
        true = _numbers(path, rows, "true")
        if np.any((true < 0) | (true > 63)):
            raise NothingToWeigh(f"{path.name}: a true score lies outside 0..63")
        return true
    unknown = sorted({row["true"] for row in rows} - set(labels))
    if unknown:
        raise NothingToWeigh(f"{path.name}: {unknown[0]!r} has no column {PROBABILITY}{unknown[0]}")
    return np.array([labels.index(row["true"]) for row in rows], np.int64)


def _numbers(path: Path, rows: list[Row], name: str) -> NDArray[np.float64]:
    values: list[float] = []
    for number, row in enumerate(rows, start=2):
        try:
            values.append(float(row[name]))
        except ValueError as error:
            raise NothingToWeigh(
                f"{path.name}, line {number}: {name} is {row[name]!r}, not a number"
            ) from error
    return np.array(values, np.float64)
