"""From a coder's row (onset, apex, offset) and a folder of numbered pictures to an `Event`.

img46.jpg  reg_img46.jpg  006_05562.jpg  reg_image000123.bmp      the last digits count
"""

import re
from dataclasses import dataclass
from pathlib import Path

from training.datasets.places import files_in
from training.datasets.recording import Event
from training.faults import DataMissing, LabelInvalid

#: Onset and one later picture: motion needs two.
FEWEST_PICTURES = 2

_NUMBER = re.compile(r"(\d+)$")


@dataclass(frozen=True, slots=True)
class Coding:
    """What the coders wrote; the cells are kept as text, since some hold `/` or `-1`.

    where    file and line, for errors
    person   the subject, as folders name it
    name     the clip
    label    the emotion's number in the data set's classes
    rate     pictures a second
    """

    where: str
    person: str
    name: str
    onset: str
    apex: str
    offset: str
    emotion: str
    label: int
    rate: float


def event_of(coding: Coding, pictures: Path) -> Event:
    """Return the pictures from onset to offset.

    An offset that is no number after the onset, as a few rows of the published sheets have it, is
    taken as the clip's last picture; an apex that is not inside as not coded, which is the middle
    [assumed]. Raises `LabelInvalid` for an onset that is no number, `DataMissing` where there are
    no pictures of the event.
    """
    numbered = numbered_pictures(pictures)
    onset = whole(coding.onset)
    if onset is None:
        raise LabelInvalid(f"{coding.where}: onset {coding.onset!r} is not a frame number")
    coded_offset = whole(coding.offset)
    offset = max(numbered) if coded_offset is None or coded_offset <= onset else coded_offset
    numbers = [number for number in sorted(numbered) if onset <= number <= offset]
    if len(numbers) < FEWEST_PICTURES:
        raise DataMissing(
            f"{pictures} holds {len(numbers)} pictures of frames {onset} to {offset} "
            f"({coding.where})"
        )
    apex = whole(coding.apex)
    coded = apex in numbers
    return Event(
        pictures=tuple(numbered[number] for number in numbers),
        person=coding.person,
        name=coding.name,
        apex=numbers.index(apex) if coded and apex is not None else len(numbers) // 2,
        apex_coded=coded,
        emotion=coding.emotion,
        label=coding.label,
        rate=coding.rate,
    )


def numbered_pictures(folder: Path) -> dict[int, Path]:
    """Return a clip's pictures by frame number; raises `DataMissing`."""
    if not folder.is_dir():
        raise DataMissing(f"{folder} is missing")
    pictures: dict[int, Path] = {}
    for path in files_in(folder, "*.jpg", "*.png", "*.bmp"):
        match = _NUMBER.search(path.stem)
        if match is None:
            raise DataMissing(f"{path} has no frame number at the end of its name")
        pictures[int(match[1])] = path
    return pictures


def whole(cell: str) -> int | None:
    """Return a cell as a frame number, or None; a sheet's export may write 46 as 46.0."""
    text = cell.strip().removesuffix(".0")
    return int(text) if text.isdecimal() else None
