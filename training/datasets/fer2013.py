"""FER2013 (Goodfellow et al. 2013): 35,887 grey faces of 48x48 pixels from web search.

    fer2013.csv     emotion,pixels,Usage        emotion 0..6: angry, disgust, fear, happy, sad,
                                                surprise, neutral; pixels 2,304 numbers 0..255;
                                                Usage Training, PublicTest or PrivateTest

[sure]. Nobody in it is named, so each picture counts as a person of its own: a partition may hold
somebody of another without anyone being able to tell.
"""

from pathlib import Path

import numpy as np

from networks.tensors import EXPRESSIONS
from training.datasets.places import rows_of, the_file
from training.datasets.recording import Partition, Pixels, Still
from training.faults import LabelInvalid, PictureUnreadable

SIDE = 48
CLASSES = EXPRESSIONS
USAGES = {
    "Training": Partition.TRAIN,
    "PublicTest": Partition.DEVELOPMENT,
    "PrivateTest": Partition.TEST,
}

#: The file's numbers in words of the served networks.
_EMOTIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
_GREY_LEVELS = 256


def load(folder: Path) -> tuple[Still, ...]:
    """Return the pictures, labelled in the order of the served expressions.

    Raises `DataMissing`, `TableInvalid`, `LabelInvalid` or `PictureUnreadable`, with the line.
    """
    path = the_file(folder, "fer2013.csv")
    return tuple(
        _still(path, line, cells) for line, cells in rows_of(path, ("emotion", "pixels", "Usage"))
    )


def partition_of(usage: str, where: str) -> Partition:
    """Return the partition behind a `Usage`; raises `LabelInvalid`."""
    if usage not in USAGES:
        raise LabelInvalid(f"{where}: usage {usage!r} is none of {', '.join(USAGES)}")
    return USAGES[usage]


def _still(path: Path, line: int, cells: dict[str, str]) -> Still:
    where = f"{path}, line {line}"
    number = cells["emotion"]
    if number not in {str(value) for value in range(len(_EMOTIONS))}:
        raise LabelInvalid(f"{where}: emotion {number!r} is not 0..{len(_EMOTIONS) - 1}")
    return Still(
        name=f"{path.name}:{line}",
        pixels=_pixels(cells["pixels"], where),
        person=f"picture-{line}",
        partition=partition_of(cells["Usage"], where),
        label=CLASSES.index(_EMOTIONS[int(number)]),
    )


def _pixels(text: str, where: str) -> Pixels:
    try:
        levels = np.fromiter(map(int, text.split()), np.int64)
    except ValueError as error:
        raise PictureUnreadable(f"{where}: the pixels are not whole numbers") from error
    if levels.size != SIDE * SIDE:
        raise PictureUnreadable(f"{where}: {levels.size} pixels instead of {SIDE * SIDE}")
    if levels.min() < 0 or levels.max() >= _GREY_LEVELS:
        raise PictureUnreadable(f"{where}: a pixel is not 0..255")
    return levels.astype(np.uint8).reshape(SIDE, SIDE)
