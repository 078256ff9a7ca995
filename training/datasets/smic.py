"""SMIC-HS (Li et al. 2013): spontaneous micro-expressions at 100 pictures a second.

    SMIC_all_cropped/HS/s1/micro/{negative,positive,surprise}/s1_ne_01/reg_image000123.bmp

[sure]. A folder holds one event from onset to offset; nobody coded an apex, so the middle picture
stands for it [assumed].
"""

from pathlib import Path

from networks.tensors import MICRO_EXPRESSIONS
from training.datasets.events import Coding, event_of, numbered_pictures
from training.datasets.places import class_of, folders_in, the_folder
from training.datasets.recording import Event

RATE = 100.0
CLASSES = MICRO_EXPRESSIONS


def load(folder: Path) -> tuple[Event, ...]:
    """Return the events; raises `DataMissing`, or `LabelInvalid` for a folder of no class."""
    root = the_folder(folder, "SMIC_all_cropped/HS", "HS", "SMIC_all_raw/HS")
    return tuple(
        _event(person.name, emotion, clip)
        for person in folders_in(root, "s*")
        for emotion in folders_in(the_folder(person, "micro"))
        for clip in folders_in(emotion)
    )


def _event(person: str, emotion: Path, clip: Path) -> Event:
    numbers = sorted(numbered_pictures(clip))
    coding = Coding(
        where=str(clip),
        person=person,
        name=clip.name,
        onset=str(numbers[0]),
        apex="",
        offset=str(numbers[-1]),
        emotion=emotion.name,
        label=class_of(emotion.name, CLASSES, str(emotion)),
        rate=RATE,
    )
    return event_of(coding, clip)
