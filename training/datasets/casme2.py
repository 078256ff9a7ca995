"""CASME II (Yan et al. 2014): spontaneous micro-expressions at 200 pictures a second.

    CASME2-coding-20140508.csv                  Subject, Filename, OnsetFrame, ApexFrame,
                                                OffsetFrame, Estimated Emotion
    CASME2_RAW_selected/sub01/EP02_01f/img46.jpg        the whole picture, preferred, or
    Cropped/sub01/EP02_01f/reg_img46.jpg                the owners' aligned faces

[sure]. The coding comes as an Excel sheet; it is read as its export to csv.
"""

from pathlib import Path

from training.datasets.events import Coding, event_of
from training.datasets.places import class_of, rows_of, the_file, the_folder
from training.datasets.recording import Event

RATE = 200.0
CLASSES = ("happiness", "surprise", "disgust", "repression", "sadness", "fear", "others")

_HEADER = ("Subject", "Filename", "OnsetFrame", "ApexFrame", "OffsetFrame", "Estimated Emotion")
_PICTURES = ("CASME2_RAW_selected", "CASME2-RAW", "CASME2_RAW", "Cropped")
_EXPORT = "open the owners' CASME2-coding….xlsx in a spreadsheet and save it as csv beside it"


def load(folder: Path) -> tuple[Event, ...]:
    """Return the coded events.

    Raises `DataMissing` for the coding or a clip, `TableInvalid`, or `LabelInvalid`.
    """
    root = the_folder(folder, *_PICTURES)
    path = the_file(folder, "CASME2-coding*.csv", _EXPORT)
    return tuple(
        _event(root, f"{path}, line {line}", cells) for line, cells in rows_of(path, _HEADER)
    )


def _event(root: Path, where: str, cells: dict[str, str]) -> Event:
    emotion = cells["Estimated Emotion"].lower()
    person = f"sub{cells['Subject'].zfill(2)}"
    coding = Coding(
        where=where,
        person=person,
        name=cells["Filename"],
        onset=cells["OnsetFrame"],
        apex=cells["ApexFrame"],
        offset=cells["OffsetFrame"],
        emotion=emotion,
        label=class_of(emotion, CLASSES, where),
        rate=RATE,
    )
    return event_of(coding, root / person / cells["Filename"])
