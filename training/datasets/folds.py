"""Folds of rows: by groups of persons, one person at a time, or, for comparison, by frames."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold, LeaveOneGroupOut

from training.faults import SplitImpossible

Rows = NDArray[np.int64]

#: One to learn from, one to choose the epoch on, one to test.
FEWEST_FOLDS = 3


@dataclass(frozen=True, slots=True)
class Fold:
    """Three sets of row numbers, (n,) int64 each; without development the epoch count is fixed."""

    name: str
    train: Rows
    development: Rows
    test: Rows

    def splits(self) -> Iterator[tuple[str, Rows]]:
        """Yield each split's name and rows."""
        yield from (("train", self.train), ("development", self.development), ("test", self.test))


def group_folds(persons: Sequence[str], count: int, seed: int = 0) -> list[Fold]:
    """Return `count` folds of persons: one tests, the next one develops, the others train.

    Folds are about equal in rows (scikit-learn's GroupKFold), and every row is tested once.
    Raises `SplitImpossible` below three folds or with fewer persons than folds.
    """
    known = len(set(persons))
    if count < FEWEST_FOLDS or known < count:
        raise SplitImpossible(
            f"{known} persons make no {count} folds: at least {max(count, FEWEST_FOLDS)} are needed"
        )
    parts = [
        test.astype(np.int64)
        for _, test in GroupKFold(count, shuffle=True, random_state=seed).split(
            np.zeros(len(persons)), groups=np.array(persons)
        )
    ]
    return [
        Fold(
            name=f"fold {number + 1} of {count}",
            train=_others(parts, number, (number + 1) % count),
            development=parts[(number + 1) % count],
            test=parts[number],
        )
        for number in range(count)
    ]


def leave_one_person_out(persons: Sequence[str]) -> list[Fold]:
    """Return a fold a person, by name; development is empty, so that epochs are a fixed number.

    Raises `SplitImpossible` when there is only one person.
    """
    known = sorted(set(persons))
    if len(known) < 2:
        raise SplitImpossible("one person cannot be left out of one")
    halves = LeaveOneGroupOut().split(np.zeros(len(persons)), groups=np.array(persons))
    return [
        Fold(
            f"without {person}",
            train.astype(np.int64),
            np.empty(0, np.int64),
            test.astype(np.int64),
        )
        for person, (train, test) in zip(known, halves, strict=True)
    ]


def shuffled(count: int, share: float, seed: int) -> Fold:
    """Return a random share of the rows as the test: persons are on both sides."""
    held_out = max(1, round(count * share))
    if count <= held_out:
        raise SplitImpossible(f"{count} rows are too few to hold out {held_out}")
    order = np.random.default_rng(seed).permutation(count).astype(np.int64)
    empty = np.empty(0, np.int64)
    return Fold("frames at random", np.sort(order[held_out:]), empty, np.sort(order[:held_out]))


def _others(parts: list[Rows], *left_out: int) -> Rows:
    chosen = [part for number, part in enumerate(parts) if number not in left_out]
    return np.sort(np.concatenate(chosen))
