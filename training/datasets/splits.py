"""Who is learned from and who is tested on, under the honest protocol and under the literature's.

    division        honest                                     literature, leaky by name
    AVEC            official test; its persons learn nothing   official train+development to test
    PARTITIONS      the owners' three parts                    a random fifth of the frames
    TWO_PARTS       a part of train develops, the other tests  the epoch chosen on the test part
    PERSONS         ten folds of persons                       a random fifth of the frames
    CK_PLUS         ten folds of persons                       public code's ten folds of frames
    ONE_PERSON_OUT  one person tests, a fixed epoch count      the epoch chosen on that person

Random numbers come from the seed alone. A fold's rows are numbers of what was divided: records, or
a record for each row of the examples, so that frames can be shuffled as the literature does:
`folds_of([records[unit] for unit in examples.units], …)`.
"""

import typing
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Final

import numpy as np

from training.datasets.folds import Fold, Rows, group_folds, leave_one_person_out, shuffled
from training.datasets.leaky_ck_plus import frame_folds
from training.datasets.recording import Partition
from training.faults import PersonInTwoSplits, SplitImpossible

FOLDS: Final = 10
SHARE: Final = 0.2
"""Of the rows, held out where the literature draws frames at random."""


class Labelled(typing.Protocol):
    """What dividing needs of a record."""

    @property
    def person(self) -> str:
        """Who is seen."""
        ...

    @property
    def label(self) -> float:
        """The label."""
        ...

    @property
    def partition(self) -> Partition | None:
        """The owners' part."""
        ...


class Protocol(StrEnum):
    """Which split; the second one leaks, and its name is what it is printed under."""

    HONEST = "honest"
    LITERATURE = "literature"


class Division(StrEnum):
    """How a data set is divided; see the table above."""

    AVEC = "avec"
    PARTITIONS = "partitions"
    TWO_PARTS = "two_parts"
    PERSONS = "persons"
    CK_PLUS = "ck_plus"
    ONE_PERSON_OUT = "one_person_out"


#: What the literature's variant leaks, for the warning beside its numbers.
LEAKS: Final = {
    Division.AVEC: "test persons are among those learned from",
    Division.PARTITIONS: "frames are shuffled without regard to persons and official parts",
    Division.TWO_PARTS: "the epoch is chosen on the test part",
    Division.PERSONS: "frames of one person are on both sides",
    Division.CK_PLUS: "frames of one person are on both sides; some are tested twice, some never",
    Division.ONE_PERSON_OUT: "the epoch is chosen on the tested person",
}


def folds_of(
    records: Sequence[Labelled], division: Division, protocol: Protocol, seed: int = 0
) -> list[Fold]:
    """Return the folds of the records.

    The honest ones have passed `check_disjoint`. Raises `SplitImpossible` for too few persons or
    rows of another data set.
    """
    if not records:
        raise SplitImpossible("there are no records to divide")
    honest = protocol is Protocol.HONEST
    folds = (_HONEST if honest else _LITERATURE)[division](records, seed)
    if honest:
        persons = _persons(records)
        for fold in folds:
            check_disjoint(persons, fold)
    return folds


def check_disjoint(persons: Sequence[str], fold: Fold) -> None:
    """Raise `PersonInTwoSplits`, which names the person and both splits, unless all are apart."""
    seen: dict[str, str] = {}
    for split, rows in fold.splits():
        for person in sorted({persons[int(row)] for row in rows}):
            first = seen.setdefault(person, split)
            if first != split:
                raise PersonInTwoSplits(f"person {person} is in {first} and in {split}")


def person_numbers(records: Sequence[Labelled]) -> Rows:
    """Return each record's person as a number, (n,) int64, in the order of the names."""
    _, numbers = np.unique([record.person for record in records], return_inverse=True)
    return numbers.astype(np.int64)


def official(records: Sequence[Labelled]) -> Fold:
    """Return the owners' parts as they are; raises `SplitImpossible` when one is empty."""
    parts = {
        partition: _rows(record.partition is partition for record in records)
        for partition in Partition
    }
    for needed in (Partition.TRAIN, Partition.TEST):
        if not len(parts[needed]):
            raise SplitImpossible(f"no record is in the {needed} partition")
    return Fold("official", *(parts[partition] for partition in Partition))


def avec_honest(records: Sequence[Labelled]) -> Fold:
    """Return the official test; nobody of it is learned from, nobody learned from chooses.

    Test persons leave train and development; development's recordings of train persons join train.
    """
    given = official(records)
    tested = {records[row].person for row in given.test}
    train = [row for row in given.train if records[row].person not in tested]
    learned = {records[row].person for row in train}
    free = [row for row in given.development if records[row].person not in tested]
    moved = [row for row in free if records[row].person in learned]
    development = [row for row in free if records[row].person not in learned]
    if not train or (len(given.development) and not development):
        raise SplitImpossible("nobody is left to learn from once the test persons are taken out")
    return Fold("person-disjoint", _array([*train, *moved]), _array(development), given.test)


def _avec_literature(records: Sequence[Labelled], _seed: int) -> list[Fold]:
    given = official(records)
    train = np.concatenate([given.train, given.development])
    return [Fold("train and development to test", train, _array([]), given.test)]


def _two_parts_honest(records: Sequence[Labelled], seed: int) -> list[Fold]:
    given = official(records)
    persons = [records[row].person for row in given.train]
    inner = group_folds(persons, min(round(1 / SHARE), len(set(persons))), seed)[0]
    learned = np.concatenate([inner.train, inner.development])
    return [Fold("official", given.train[learned], given.train[inner.test], given.test)]


def _choosing_on_test(fold: Fold) -> Fold:
    return Fold(f"{fold.name}, chosen on test", fold.train, fold.test, fold.test)


def _frames(records: Sequence[Labelled], seed: int) -> list[Fold]:
    return [shuffled(len(records), SHARE, seed)]


def _persons(records: Sequence[Labelled]) -> list[str]:
    return [record.person for record in records]


def _rows(chosen: Iterable[bool]) -> Rows:
    return np.flatnonzero(np.fromiter(chosen, np.bool_)).astype(np.int64)


def _array(rows: Sequence[int]) -> Rows:
    return np.array(rows, np.int64)


_Divide = Callable[[Sequence[Labelled], int], list[Fold]]

_HONEST: dict[Division, _Divide] = {
    Division.AVEC: lambda records, _: [avec_honest(records)],
    Division.PARTITIONS: lambda records, _: [official(records)],
    Division.TWO_PARTS: _two_parts_honest,
    Division.PERSONS: lambda records, seed: group_folds(_persons(records), FOLDS, seed),
    Division.CK_PLUS: lambda records, seed: group_folds(_persons(records), FOLDS, seed),
    Division.ONE_PERSON_OUT: lambda records, _: leave_one_person_out(_persons(records)),
}
_LITERATURE: dict[Division, _Divide] = {
    Division.AVEC: _avec_literature,
    Division.PARTITIONS: _frames,
    Division.TWO_PARTS: lambda records, _: [_choosing_on_test(official(records))],
    Division.PERSONS: _frames,
    Division.CK_PLUS: lambda records, _: frame_folds([int(record.label) for record in records]),
    Division.ONE_PERSON_OUT: lambda records, _: [
        _choosing_on_test(fold) for fold in leave_one_person_out(_persons(records))
    ],
}
