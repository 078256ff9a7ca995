"""SAMM (Davison et al. 2018): spontaneous micro-movements at 200 grey pictures a second.

    SAMM_Micro_FACS_Codes_v2.csv        Subject, Filename, Onset Frame, Apex Frame, Offset Frame,
                                        Estimated Emotion, below some lines of notes
    006/006_1_2/006_05562.jpg           (also SAMM/006/…)

[sure]. The codes come as an Excel sheet; they are read as its export to csv.
"""

from pathlib import Path

from training.datasets.events import Coding, event_of
from training.datasets.places import class_of, rows_of, the_file
from training.datasets.recording import Event

RATE = 200.0
CLASSES = ("happiness", "surprise", "anger", "contempt", "disgust", "fear", "sadness", "other")

_HEADER = (
    "Subject",
    "Filename",
    "Onset Frame",
    "Apex Frame",
    "Offset Frame",
    "Estimated Emotion",
)
_EXPORT = "open the owners' SAMM_Micro_FACS_Codes….xlsx in a spreadsheet and save it as csv beside"


def load(folder: Path) -> tuple[Event, ...]:
    """Return the coded events.

    Raises `DataMissing` for the codes or a clip, `TableInvalid`, or `LabelInvalid`.
    """
    path = the_file(folder, "SAMM_Micro_FACS_Codes*.csv", _EXPORT)
    inside = folder / "SAMM"
    root = inside if inside.is_dir() else folder
    return tuple(
        _event(root, f"{path}, line {line}", cells) for line, cells in rows_of(path, _HEADER)
    )


def _event(root: Path, where: str, cells: dict[str, str]) -> Event:
    emotion = cells["Estimated Emotion"].lower()
    # A spreadsheet's export may lose the zeros of 006.
    person = cells["Subject"].zfill(3)
    coding = Coding(
        where=where,
        person=person,
        name=cells["Filename"],
        onset=cells["Onset Frame"],
        apex=cells["Apex Frame"],
        offset=cells["Offset Frame"],
        emotion=emotion,
        label=class_of(emotion, CLASSES, where),
        rate=RATE,
    )
    return event_of(coding, root / person / cells["Filename"])
