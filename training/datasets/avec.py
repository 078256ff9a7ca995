"""What AVEC2013 and AVEC2014 share: sessions named `203_1`, and one label file a session.

    203_1_Depression.csv   one whole number, the BDI-II total 0..63
    203                    the person; `_1` the visit

A label belongs to a session, so AVEC2014's two tasks carry the same one [sure]. Persons return in
other partitions (17 of 42 test persons) [sure]: a loader reports them as they are, and
`training.datasets.splits` makes the partitions disjoint.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from networks.tensors import SCALE_MAXIMUM
from training.datasets.places import files_in, text_of, the_folder
from training.datasets.recording import Partition, Recording
from training.faults import DataMissing, LabelInvalid, PersonInTwoSplits

#: The partitions' names in folders and files.
TITLES = {
    Partition.TRAIN: "Training",
    Partition.DEVELOPMENT: "Development",
    Partition.TEST: "Testing",
}
EVERYTHING = tuple(Partition)

_SESSION = re.compile(r"(?P<session>(?P<person>\d{3})_\d+)_")
_LABEL = "_Depression.csv"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where an edition keeps its files; `{title}` is the partition's name.

    labels   folders of label files, by partition, the documented one first
    videos   folders of one task's videos, the documented one first
    tasks    the tasks' names, each the `{task}` of `videos` and `ending`
    ending   what a video's name has after its session
    misnamed sessions that one partition's files of a task are known to be named after, by mistake
    """

    labels: Mapping[Partition, tuple[str, ...]]
    videos: tuple[str, ...]
    tasks: tuple[str, ...]
    ending: str
    misnamed: Mapping[tuple[Partition, str, str], str]


def load_avec(
    folder: Path, layout: Layout, partitions: tuple[Partition, ...]
) -> tuple[Recording, ...]:
    """Return the recordings of the partitions, every labelled session with every task.

    Raises `DataMissing` for a folder, a label without its video or a video without its label,
    `LabelInvalid` for a label that is no total, `PersonInTwoSplits` for a session seen twice.
    """
    records: list[Recording] = []
    for partition in partitions:
        labels = _labels(folder, layout, partition)
        for task in layout.tasks:
            records += _recordings(folder, layout, partition, task, labels)
    _refuse_twins(records)
    return tuple(records)


def bdi_total(path: Path) -> float:
    """Return the label in a file: a whole number 0..63; raises `LabelInvalid`."""
    text = text_of(path)
    try:
        total = float(text)
    except ValueError as error:
        raise LabelInvalid(f"{path}: {text[:40]!r} is not a number") from error
    if total not in range(SCALE_MAXIMUM + 1):
        raise LabelInvalid(f"{path}: {text} is not a whole number 0..{SCALE_MAXIMUM}")
    return total


def _labels(folder: Path, layout: Layout, partition: Partition) -> dict[str, float]:
    place = the_folder(folder, *layout.labels[partition])
    return {
        path.name.removesuffix(_LABEL): bdi_total(path) for path in files_in(place, f"*{_LABEL}")
    }


def _recordings(
    folder: Path, layout: Layout, partition: Partition, task: str, labels: dict[str, float]
) -> list[Recording]:
    title = TITLES[partition]
    places = [place.format(title=title, task=task) for place in layout.videos]
    place = the_folder(folder, *places)
    ending = layout.ending.format(task=task)
    paths = {
        _session(path, partition, task, labels, layout): path for path in _videos(place, ending)
    }
    for session in labels:
        if session not in paths:
            raise DataMissing(f"{place} lacks {session}{ending}.mp4, whose label is there")
    return [
        Recording(path, session.split("_")[0], session, task, partition, _of(labels, session, path))
        for session, path in sorted(paths.items())
    ]


def _videos(place: Path, ending: str) -> list[Path]:
    return files_in(place, *(f"*{ending}.{kind}" for kind in ("mp4", "avi", "wmv", "mov")))


def _session(
    path: Path, partition: Partition, task: str, labels: dict[str, float], layout: Layout
) -> str:
    match = _SESSION.match(path.name)
    if match is None:
        raise DataMissing(f"{path} is not named after a session, such as 203_1")
    session = match["session"]
    meant = layout.misnamed.get((partition, task, session))
    return meant if meant in labels and session not in labels else session


def _of(labels: dict[str, float], session: str, path: Path) -> float:
    if session not in labels:
        raise DataMissing(f"{path} has no label file {session}{_LABEL}")
    return labels[session]


def _refuse_twins(records: list[Recording]) -> None:
    places: dict[tuple[str, str], Recording] = {}
    for record in records:
        first = places.setdefault((record.session, record.task), record)
        if first.partition is not record.partition:
            raise PersonInTwoSplits(
                f"session {record.session} is in {first.partition} and in {record.partition}: "
                f"{first.path} and {record.path}"
            )
