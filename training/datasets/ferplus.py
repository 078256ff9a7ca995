"""FERPlus (Barsoum et al. 2016): FER2013's pictures, each voted on by ten raters.

    fer2013.csv       the pictures, as FER2013 has them
    fer2013new.csv    Usage, Image name, neutral, happiness, surprise, sadness, anger, disgust,
                      fear, contempt, unknown, NF: votes, row by row the same pictures

[sure]. A picture whose votes do not agree, or that shows no face, is left out by the rules of the
owners' reference code; a single vote counts as a slip.
"""

from enum import StrEnum
from pathlib import Path

from networks.tensors import EXPRESSIONS
from training.datasets import fer2013
from training.datasets.places import rows_of, the_file
from training.datasets.recording import Still
from training.faults import LabelInvalid, TableInvalid

CLASSES = (*EXPRESSIONS, "contempt")

_COLUMNS = {
    "neutral": "neutral",
    "happiness": "happy",
    "surprise": "surprise",
    "sadness": "sad",
    "anger": "angry",
    "disgust": "disgust",
    "fear": "fear",
    "contempt": "contempt",
}
_NO_CLASS = ("unknown", "NF")
_HEADER = ("Usage", "Image name", *_COLUMNS, *_NO_CLASS)
_RATERS = 10
_SLIP = 1
_MOST_CLASSES = 3
_ENOUGH = 0.75


class Mode(StrEnum):
    """How votes become a label: the class of the majority, or the shares of the classes."""

    MAJORITY = "majority"
    PROBABILITY = "probability"


def load(folder: Path, mode: Mode = Mode.MAJORITY) -> tuple[Still, ...]:
    """Return the pictures on whose class the raters agree well enough for the mode.

    Raises `DataMissing`, `TableInvalid` when the files do not match row by row, `LabelInvalid`,
    or `PictureUnreadable`.
    """
    path = the_file(folder, "fer2013new.csv")
    pictures = fer2013.load(folder)
    rows = list(rows_of(path, _HEADER))
    if len(rows) != len(pictures):
        raise TableInvalid(f"{path} has {len(rows)} rows, fer2013.csv {len(pictures)}")
    voted = (
        _voted(picture, f"{path}, line {line}", cells, mode)
        for picture, (line, cells) in zip(pictures, rows, strict=True)
    )
    return tuple(still for still in voted if still is not None)


def shares(votes: list[int], mode: Mode) -> tuple[float, ...]:
    """Return each class's share, (8,) in the order of the file; empty when the raters disagree.

    `votes` are (10,): the eight classes, unknown, no face. [sure: the reference code]
    """
    heard = [vote if vote > _SLIP else 0 for vote in votes]
    taken = _majority(heard) if mode is Mode.MAJORITY else _leading(heard)
    classes = taken[: len(_COLUMNS)]
    total = sum(taken)
    if total == 0 or max(classes) < max(taken) or sum(classes) == 0:
        return ()
    return tuple(vote / sum(classes) for vote in classes)


def _majority(heard: list[int]) -> list[int]:
    peak = max(heard)
    first = heard.index(peak)
    agreed = 2 * peak > sum(heard)
    return [vote if agreed and place == first else 0 for place, vote in enumerate(heard)]


def _leading(heard: list[int]) -> list[int]:
    """Keep the classes with most votes until they hold three quarters, at most three of them."""
    taken, left, count = [0] * len(heard), list(heard), 0
    while sum(taken) < _ENOUGH * sum(heard) and count < _MOST_CLASSES:
        peak = max(left)
        level = [place for place, vote in enumerate(left) if vote == peak]
        classes = [place for place in level if place < len(_COLUMNS)]
        # Unknown or no face ends the search; it stands only where no class came before it.
        for place in classes or ([] if any(taken) else level[:1]):
            taken[place], left[place], count = peak, 0, count + 1
        if len(classes) < len(level):
            break
    held = sum(taken)
    return taken if 2 * held > sum(heard) and count <= _MOST_CLASSES else [0] * len(heard)


def _voted(picture: Still, where: str, cells: dict[str, str], mode: Mode) -> Still | None:
    if fer2013.partition_of(cells["Usage"], where) is not picture.partition:
        raise TableInvalid(f"{where}: usage {cells['Usage']} is not that of {picture.name}")
    votes = [_vote(cells[column], column, where) for column in (*_COLUMNS, *_NO_CLASS)]
    distribution = shares(votes, mode)
    if not distribution:
        return None
    by_class = dict(zip(_COLUMNS.values(), distribution, strict=True))
    ordered = tuple(by_class[name] for name in CLASSES)
    return Still(
        name=picture.name,
        pixels=picture.pixels,
        person=picture.person,
        partition=picture.partition,
        label=ordered.index(max(ordered)),
        distribution=ordered,
    )


def _vote(cell: str, column: str, where: str) -> int:
    if not cell.isdecimal() or int(cell) > _RATERS:
        raise LabelInvalid(f"{where}: {column} {cell!r} is not 0..{_RATERS} votes")
    return int(cell)
