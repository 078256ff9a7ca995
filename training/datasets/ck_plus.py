"""CK+ (Lucey et al. 2010): posed expressions of 123 persons, from neutral to the peak.

    cohn-kanade-images/S005/001/S005_001_00000001.png …
    Emotion/S005/001/S005_001_00000011_emotion.txt         one number 1..7

[sure]. 327 of 593 sequences have an emotion file; the others are left out. The literature takes
the last three pictures of a sequence, and so does `PEAK_PICTURES`.
"""

from pathlib import Path

from training.datasets.places import files_in, folders_in, text_of, the_folder
from training.datasets.recording import Sequence
from training.faults import DataMissing, LabelInvalid

#: In the order in which public code numbers the classes [sure].
CLASSES = ("angry", "disgust", "fear", "happy", "sad", "surprise", "contempt")
PEAK_PICTURES = 3

#: The file's numbers; 0 is neutral and labels no sequence.
_EMOTIONS = {
    1: "angry",
    2: "contempt",
    3: "disgust",
    4: "fear",
    5: "happy",
    6: "sad",
    7: "surprise",
}


def load(folder: Path) -> tuple[Sequence, ...]:
    """Return the labelled sequences, person by person.

    Raises `DataMissing` for a folder, or a label without its pictures; `LabelInvalid`.
    """
    pictures = the_folder(folder, "cohn-kanade-images", "extended-cohn-kanade-images")
    labels = the_folder(folder, "Emotion", "Emotion_labels/Emotion", "Emotion_labels")
    records: list[Sequence] = []
    for person in folders_in(labels, "S*"):
        for session in sorted(path for path in person.iterdir() if path.is_dir()):
            shown = pictures / person.name / session.name
            records += [_sequence(path, shown) for path in sorted(session.glob("*_emotion.txt"))]
    if not records:
        raise DataMissing(f"{labels} holds no S…/…/*_emotion.txt")
    return tuple(records)


def _sequence(path: Path, pictures: Path) -> Sequence:
    if not pictures.is_dir():
        raise DataMissing(f"{pictures} is missing, although {path} labels it")
    person, session = pictures.parts[-2:]
    return Sequence(tuple(files_in(pictures, "*.png")), person, session, _label(path))


def _label(path: Path) -> int:
    text = text_of(path)
    try:
        number = float(text)
    except ValueError as error:
        raise LabelInvalid(f"{path}: {text[:40]!r} is not a number") from error
    if number not in _EMOTIONS:
        raise LabelInvalid(f"{path}: {text} is not 1..{len(_EMOTIONS)}")
    return CLASSES.index(_EMOTIONS[int(number)])
