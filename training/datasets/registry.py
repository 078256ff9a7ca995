"""Every data set by name: its loader, what it holds, and how it is divided.

DATASETS["avec2014"].load(folder) ─▶ records ─▶ folds_of(data_set, records, protocol)
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from training.datasets import (
    afew,
    avec2013,
    avec2014,
    casme2,
    ck_plus,
    enterface,
    fer2013,
    ferplus,
    megc2019,
    samm,
    smic,
)
from training.datasets.recording import Record
from training.datasets.splits import Division


@dataclass(frozen=True, slots=True)
class DataSet:
    """A data set that can be read.

    classes         the labels' words by number; empty for severity, whose labels are 0-63
    load            from the owners' folder to records; raises a `DataFault`
    division        how records are divided into folds
    persons_known   whether the owners tell who is who; if not, no split can be proven disjoint
    every_n_frames  how densely a video is looked at; 1 for pictures
    """

    name: str
    classes: tuple[str, ...]
    load: Callable[[Path], tuple[Record, ...]]
    division: Division
    persons_known: bool = True
    every_n_frames: int = 1


_ALL = (
    DataSet("avec2013", (), avec2013.load, Division.AVEC, every_n_frames=avec2013.EVERY_N_FRAMES),
    DataSet("avec2014", (), avec2014.load, Division.AVEC, every_n_frames=avec2014.EVERY_N_FRAMES),
    DataSet("fer2013", fer2013.CLASSES, fer2013.load, Division.PARTITIONS, persons_known=False),
    DataSet("ferplus", ferplus.CLASSES, ferplus.load, Division.PARTITIONS, persons_known=False),
    DataSet("ck_plus", ck_plus.CLASSES, ck_plus.load, Division.CK_PLUS),
    DataSet(
        "enterface",
        enterface.CLASSES,
        enterface.load,
        Division.PERSONS,
        every_n_frames=enterface.EVERY_N_FRAMES,
    ),
    DataSet(
        "afew",
        afew.CLASSES,
        afew.load,
        Division.TWO_PARTS,
        persons_known=False,
        every_n_frames=afew.EVERY_N_FRAMES,
    ),
    DataSet("casme2", casme2.CLASSES, casme2.load, Division.ONE_PERSON_OUT),
    DataSet("samm", samm.CLASSES, samm.load, Division.ONE_PERSON_OUT),
    DataSet("smic", smic.CLASSES, smic.load, Division.ONE_PERSON_OUT),
    DataSet("megc2019", megc2019.CLASSES, megc2019.load, Division.ONE_PERSON_OUT),
)

DATASETS: Final = MappingProxyType({data_set.name: data_set for data_set in _ALL})
