"""AFEW, as EmotiW hands it out: clips of films, sorted by the expression that is acted.

    Train_AFEW/Angry/000046280.avi
    Val_AFEW/…

[sure]. Actors are not named in the folders, so each clip counts as a person of its own; the owners
keep films apart between the two parts [inferred]. The test part has no public labels.
"""

from pathlib import Path

from networks.tensors import EXPRESSIONS
from training.datasets.places import class_of, files_in, folders_in, the_folder
from training.datasets.recording import Partition, Recording

#: One frame in so many is looked at, of clips of one to five seconds [assumed].
EVERY_N_FRAMES = 5
CLASSES = EXPRESSIONS

_PARTS = {
    Partition.TRAIN: ("Train_AFEW", "Train"),
    Partition.TEST: ("Val_AFEW", "Val"),
}


def load(folder: Path) -> tuple[Recording, ...]:
    """Return the clips; the validation part is the test, since it is what papers report.

    Raises `DataMissing`, or `LabelInvalid` for a folder of no expression.
    """
    records: list[Recording] = []
    for partition, places in _PARTS.items():
        part = the_folder(folder, *places)
        for emotion in folders_in(part):
            # Aligned faces and features of the owners lie beside the classes.
            if emotion.name.startswith(("Aligned", "LBPTOP")):
                continue
            label = class_of(emotion.name.strip().lower(), CLASSES, str(emotion))
            records += [
                Recording(path, path.stem, path.stem, "", partition, float(label))
                for path in files_in(emotion, "*.avi", "*.mp4")
            ]
    return tuple(records)
