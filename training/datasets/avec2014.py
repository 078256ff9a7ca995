"""AVEC2014: 150 sessions, each with the tasks Freeform and Northwind.

    {Training,Development,Testing}/{Freeform,Northwind}/203_1_Freeform_video.mp4
    Training_DepressionLabels/203_1_Depression.csv
    Development_DepressionLabels/…
    AVEC2014_Labels_Testset/Testing/DepressionLabels/…

[sure] from public training code. Northwind is a fable read aloud, Freeform an answer to a question.
"""

from pathlib import Path

from training.datasets.avec import EVERYTHING, TITLES, Layout, load_avec
from training.datasets.recording import Partition, Recording

#: One frame in so many is looked at [sure for de Melo et al. 2019].
EVERY_N_FRAMES = 10
TASKS = ("Freeform", "Northwind")


def _label_places(title: str) -> tuple[str, ...]:
    places = (
        f"{title}_DepressionLabels",
        f"AVEC2014_DepressionLabels/{title}_DepressionLabels",
        f"AVEC2014_Labels/{title}_DepressionLabels",
    )
    test = "AVEC2014_Labels_Testset/Testing/DepressionLabels"
    if title == TITLES[Partition.TEST]:
        return (test, f"AVEC2014_Labels_Testset/{test}", *places)
    return places


_LAYOUT = Layout(
    labels={partition: _label_places(title) for partition, title in TITLES.items()},
    videos=(
        "{title}/{task}",
        "Video/{title}/{task}",
        "AVEC2014_AudioVisual/Video/{title}/{task}",
    ),
    tasks=TASKS,
    ending="_{task}_video",
    # Person 205's Freeform files carry each other's session, as public code mends it [inferred].
    misnamed={
        (Partition.TRAIN, "Freeform", "205_2"): "205_1",
        (Partition.DEVELOPMENT, "Freeform", "205_1"): "205_2",
    },
)


def load(folder: Path, partitions: tuple[Partition, ...] = EVERYTHING) -> tuple[Recording, ...]:
    """Return the recordings of the partitions, task after task; raises a `DataFault`."""
    return load_avec(folder, _LAYOUT, partitions)
