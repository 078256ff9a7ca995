"""eNTERFACE'05 (Martin et al. 2006): six acted emotions in English sentences.

    enterface database/subject 1/anger/sentence 1/s1_an_1.avi

[sure]. Subject 6 was not cut into sentences, and its files are left out, as they are in public
code [inferred]; so is any other file outside a `sentence` folder.
"""

import re
from pathlib import Path

from training.datasets.places import class_of, folders_in
from training.datasets.recording import Recording
from training.faults import DataMissing

#: One frame in so many is looked at, of clips of about three seconds [assumed].
EVERY_N_FRAMES = 5
CLASSES = ("angry", "disgust", "fear", "happy", "sad", "surprise")

_FOLDERS = ("anger", "disgust", "fear", "happiness", "sadness", "surprise")


def load(folder: Path) -> tuple[Recording, ...]:
    """Return the sentences; raises `DataMissing`, or `LabelInvalid` for a folder of no emotion."""
    if not folder.is_dir():
        raise DataMissing(f"{folder} is not a folder")
    inside = folder / "enterface database"
    root = inside if inside.is_dir() else folder
    records: list[Recording] = []
    for subject in sorted(folders_in(root, "subject *"), key=_number):
        records += _sentences(subject)
    if not records:
        raise DataMissing(f"{root} holds no subject …/anger/sentence …/*.avi")
    return tuple(records)


def _sentences(subject: Path) -> list[Recording]:
    person = subject.name.replace(" ", "-")
    records: list[Recording] = []
    for emotion in folders_in(subject):
        label = class_of(emotion.name.strip().lower(), _FOLDERS, str(emotion))
        for path in sorted(emotion.glob("sentence */*.avi")):
            sentence = path.parent.name.replace(" ", "-")
            records.append(Recording(path, person, path.stem, sentence, None, float(label)))
    return records


def _number(subject: Path) -> int:
    match = re.search(r"\d+", subject.name)
    return int(match[0]) if match else 0
