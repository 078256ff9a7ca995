"""A user's csv of faces: what they measure, and how raters judged them.

face,person,approachability,youthful_attractiveness,dominance,eye_width,nose_length,…
  1,    p01,           4.2,                     3.1,      2.5,     0.41,       0.72,…

`person` may be left out when no person is seen twice. Every other column is an attribute; lengths
should come from `worker.geometry`, in eye distances.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from networks.impressions import IMPRESSIONS
from training.faults import BadRatings

FACE, PERSON = "face", "person"

#: Fewer cannot show anything: with 50 rows a correlation has a 95 % interval of about ± 0.28.
FEWEST_FACES = 50
FEWEST_PERSONS = 10


@dataclass(frozen=True, slots=True)
class Ratings:
    """Rated faces.

    attributes  (n, A) float32, by `names`
    ratings     (n, 3) float32, mean over the raters, in the order of `IMPRESSIONS`
    persons     (n,) int64
    """

    names: tuple[str, ...]
    attributes: NDArray[np.float32]
    ratings: NDArray[np.float32]
    persons: NDArray[np.int64]

    def __len__(self) -> int:
        """Return n."""
        return len(self.persons)


def read_ratings(path: Path) -> Ratings:
    """Read the csv.

    Raises `BadRatings`, naming the file and the row or column, when it is missing, holds no
    ratings or attributes, a cell that is no finite number, a face twice, too few faces or
    persons, or a rating that never varies.
    """
    header, rows = _rows(path)
    missing = [name for name in IMPRESSIONS if name not in header]
    if missing:
        raise BadRatings(
            f"{path.name} has no column {missing[0]}: without the judgement of raters there is "
            f"nothing to learn; needed are {', '.join(IMPRESSIONS)}"
        )
    names = tuple(name for name in header if name not in {FACE, PERSON, *IMPRESSIONS})
    if FACE not in header or not names:
        raise BadRatings(f"{path.name} needs a column `face` and at least one attribute")
    _check_faces(path, rows)
    who = PERSON if PERSON in header else FACE
    _, persons = np.unique([row[who] for row in rows], return_inverse=True)
    found = Ratings(
        names,
        _numbers(path, rows, names),
        _numbers(path, rows, IMPRESSIONS),
        persons.astype(np.int64),
    )
    _check_sizes(path, found)
    return found


def _rows(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream, strict=True, restval="")
            header = list(reader.fieldnames or ())
            rows = list(reader)
    except FileNotFoundError as error:
        raise BadRatings(f"there is no {path.name}") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise BadRatings(f"{path.name} is not a csv in UTF-8: {error}") from error
    if len(set(header)) < len(header):
        raise BadRatings(f"{path.name} has a column twice")
    return header, rows


def _check_faces(path: Path, rows: list[dict[str, str]]) -> None:
    seen: set[str] = set()
    for number, row in enumerate(rows, start=2):
        if row[FACE] in seen:
            raise BadRatings(f"{path.name}, line {number}: face {row[FACE]} is there twice")
        seen.add(row[FACE])


def _numbers(path: Path, rows: list[dict[str, str]], names: tuple[str, ...]) -> NDArray[np.float32]:
    return np.array(
        [[_number(path, line, name, row[name]) for name in names] for line, row in enumerate(rows)],
        np.float32,
    ).reshape(len(rows), len(names))


def _number(path: Path, line: int, name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        raise BadRatings(f"{path.name}, line {line + 2}: {name} is {text!r}, not a number")
    return value


def _check_sizes(path: Path, found: Ratings) -> None:
    persons = len(np.unique(found.persons))
    if len(found) < FEWEST_FACES or persons < FEWEST_PERSONS:
        raise BadRatings(
            f"{path.name} has {len(found)} faces of {persons} persons; at least {FEWEST_FACES} of "
            f"{FEWEST_PERSONS} are needed to say anything"
        )
    for name, column in zip(IMPRESSIONS, found.ratings.T, strict=True):
        if column.min() == column.max():
            raise BadRatings(f"{path.name}: {name} never varies, so it cannot be learned")
