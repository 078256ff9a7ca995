"""HMHN's heads on given maps: where they look, and why one head needs another rival."""

import numpy as np
import pytest
import torch

from training.examples import Examples
from training.proving.heads import MAPS, HeadsLearner, mask_centroids


def test_a_masks_centroid_is_where_its_weight_lies():
    # given a head at the upper left cell, one spread evenly, one that sees nothing
    masks = torch.zeros(1, 3, 4, 4)
    masks[0, 0, 0, 0] = 2.0
    masks[0, 1] = 1.0

    # when
    found = mask_centroids(masks)[0]

    # then
    assert found[0].tolist() == pytest.approx([0.125, 0.125])
    assert found[1].tolist() == pytest.approx([0.5, 0.5])
    assert found[2].tolist() == pytest.approx([0.5, 0.5])


def test_across_comes_before_along():
    # given weight in the top right
    masks = torch.zeros(1, 1, 2, 2)
    masks[0, 0, 0, 1] = 1.0

    # then
    assert mask_centroids(masks)[0, 0].tolist() == pytest.approx([0.75, 0.25])


def batch(rows: int = 4) -> dict[str, torch.Tensor]:
    random = np.random.default_rng(0)
    maps = random.normal(size=(rows, 512, 2, 2)).astype(np.float32)
    labels = random.uniform(0, 63, rows).astype(np.float32)
    numbers = np.arange(rows)
    return Examples({MAPS: maps}, labels, numbers, numbers).batch(numbers)


def fused(heads: int, *, afb: bool) -> torch.Tensor:
    """What the last layer sees of four different faces, (4, 512)."""
    torch.manual_seed(0)
    with torch.no_grad():
        return HeadsLearner(heads, afb=afb).eval().attend(batch()[MAPS])[0]


def test_a_log_softmax_over_one_head_makes_all_faces_the_same():
    assert (fused(1, afb=True) == 0.0).all()


def test_one_head_without_it_and_four_heads_tell_faces_apart():
    assert (fused(1, afb=False).std(dim=0) > 0.0).all()
    assert (fused(4, afb=True).std(dim=0) > 0.0).all()


def test_every_head_has_its_centroid():
    # when
    learner = HeadsLearner(4).eval()

    # then
    found = learner.centroids(batch())
    assert found.shape == (4, 4, 2)
    assert ((found > 0.0) & (found < 1.0)).all()
