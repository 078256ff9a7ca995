"""CK+ as widely copied public code divides it: 981 frames by position, whoever is in them.

    class by class, fold f tests the frames (f-1)·c … f·c-1 of a class, fold 10 its last c

It is kept to reproduce what papers report. 24 frames are never tested and 33 twice; fold 9 runs
out of fear and takes happy frames; and 63 % of the test frames show a person who is also learned
from, on the owners' file names [sure: an audit of that code].
"""

from collections.abc import Sequence

import numpy as np

from training.datasets.folds import Fold
from training.faults import SplitImpossible

FOLDS = 10
#: Frames of each class, the last three of 327 sequences, in the order of `ck_plus.CLASSES`.
FRAMES = (135, 177, 75, 207, 84, 249, 54)
#: Of these, frames that a fold tests.
TESTED = (12, 18, 9, 21, 9, 24, 6)


def frame_folds(labels: Sequence[int]) -> list[Fold]:
    """Return the ten folds of 981 frames with these class numbers.

    Frames of a class keep the order that they come in. Raises `SplitImpossible` for other counts:
    the positions mean nothing then.
    """
    counts = tuple(int(count) for count in np.bincount(labels, minlength=len(FRAMES)))
    if counts != FRAMES:
        raise SplitImpossible(
            f"the literature's CK+ folds are made for {FRAMES} frames a class, not {counts}"
        )
    order = np.argsort(labels, kind="stable").astype(np.int64)
    starts = np.cumsum((0, *FRAMES))
    return [_fold(order, starts, number) for number in range(1, FOLDS + 1)]


def _fold(order: np.ndarray, starts: np.ndarray, number: int) -> Fold:
    tested: list[int] = []
    for place, count in enumerate(TESTED):
        last = number == FOLDS
        first = starts[place + 1] - count if last else starts[place] + (number - 1) * count
        tested += range(int(first), int(first) + count)
    test = np.sort(order[tested])
    train = np.setdiff1d(order, test)
    return Fold(f"frames, fold {number} of {FOLDS}", train, np.empty(0, np.int64), test)
