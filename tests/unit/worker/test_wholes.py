"""Features of a whole recording: evenly spaced, bounded, and none lost while they fit."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from worker.wholes import Features


def kept(count: int, most: int, batch: int) -> list[int]:
    features = Features(most)
    rows = np.arange(count, dtype=np.float32)[:, None]
    for at in range(0, count, batch):
        features.add(rows[at : at + batch])
    return [int(row[0]) for row in features.rows()]


@given(st.integers(1, 64), st.integers(1, 9))
def test_as_many_as_fit_are_all_kept_in_order(count: int, batch: int):
    assert kept(count, 64, batch) == list(range(count))


@given(st.integers(65, 3000), st.integers(1, 50))
def test_more_are_thinned_evenly_from_the_first_to_the_last(count: int, batch: int):
    chosen = kept(count, 64, batch)

    steps = np.diff(chosen)
    assert len(chosen) == 64
    assert chosen[0] == 0
    assert chosen[-1] >= count - 2 * count / 64
    assert steps.min() >= 1
    assert steps.max() <= 2 * steps.min() + 1


def test_how_they_come_in_batches_changes_nothing():
    assert kept(1000, 64, 1) == kept(1000, 64, 999)


def test_no_face_gives_no_features():
    assert len(Features().rows()) == 0
