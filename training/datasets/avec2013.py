"""AVEC2013, depression sub-challenge: 150 long webcam recordings of German speakers.

    {Training,Development,Testing}/203_1_cut_combined.mp4              (also *_AudioVisual/…)
    Training_DepressionLabels/203_1_Depression.csv
    Development_DepressionLabels/…, Testing_DepressionLabels/…

File and label names [sure]; where the test labels lie [assumed].
"""

from pathlib import Path

from training.datasets.avec import EVERYTHING, TITLES, Layout, load_avec
from training.datasets.recording import Partition, Recording

#: One frame in so many is looked at [sure for de Melo et al. 2019].
EVERY_N_FRAMES = 100

_LAYOUT = Layout(
    labels={
        partition: (
            f"{title}_DepressionLabels",
            f"AVEC2013_DepressionLabels/{title}_DepressionLabels",
            f"AVEC2013_Labels_Testset/{title}/DepressionLabels",
        )
        for partition, title in TITLES.items()
    },
    videos=("{title}", "{title}_AudioVisual/{title}", "{title}_AudioVisual"),
    tasks=("",),
    ending="_cut_combined",
    misnamed={},
)


def load(folder: Path, partitions: tuple[Partition, ...] = EVERYTHING) -> tuple[Recording, ...]:
    """Return the recordings of the partitions; raises a `DataFault`."""
    return load_avec(folder, _LAYOUT, partitions)
