"""What a loader returns: one value a labelled recording, picture, sequence or event.

    Recording   a video file             AVEC (severity), eNTERFACE'05 and AFEW (expression)
    Still       a picture's pixels       FER2013, FERPlus
    Sequence    pictures in order        CK+
    Event       a micro-expression       CASME II, SAMM, SMIC

Only the person and the partition decide who may be learned from; both come from the data set.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


class Partition(StrEnum):
    """The part of a data set that its owners meant a recording for."""

    TRAIN = "train"
    DEVELOPMENT = "development"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Recording:
    """A video file.

    path       the file
    person     who is seen; unique in the data set
    session    the visit, or the clip's own name
    task       what the person was asked to do; empty where a data set has one task
    partition  None where the owners published no split
    label      0-63 for severity, the class's number for expression
    """

    path: Path
    person: str
    session: str
    task: str
    partition: Partition | None
    label: float


@dataclass(frozen=True, slots=True)
class Still:
    """A picture of a face.

    name          file and row
    pixels        (height, width) uint8 grey
    person        a made-up one, unique for each picture, where a data set names nobody
    label         the class's number
    distribution  (C,) the raters' shares of the classes, summing to 1; empty where there are none
    """

    name: str
    pixels: Pixels
    person: str
    partition: Partition | None
    label: int
    distribution: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Sequence:
    """Pictures in the order of time, from the neutral face to the expression's peak."""

    pictures: tuple[Path, ...]
    person: str
    session: str
    label: int
    partition: Partition | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A micro-expression from its first to its last picture.

    pictures     from onset to offset, in the order of time
    apex         the peak's place in `pictures`; the middle where the coders gave none
    apex_coded   whether the coders gave one
    emotion      the coders' own word, in small letters
    label        the number of the emotion in the data set's classes
    rate         pictures a second
    """

    pictures: tuple[Path, ...]
    person: str
    name: str
    apex: int
    apex_coded: bool
    emotion: str
    label: int
    rate: float
    partition: Partition | None = None


Record = Recording | Still | Sequence | Event
