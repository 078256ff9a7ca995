"""Faces are changed by the seed alone, and never turned upside down."""

import numpy as np
import pytest
import torch
from torch import Tensor

from training.augmentation import NONE, Augmentation, AugmentationConfig, step_seed

SIDE = 64


def bright_top(count: int) -> Tensor:
    """Faces whose upper half is white and lower half black, with a red left edge."""
    faces = np.zeros((count, SIDE, SIDE, 3), np.uint8)
    faces[:, : SIDE // 2] = 220
    faces[:, :, : SIDE // 8] = (220, 0, 0)
    return torch.from_numpy(faces)


def test_the_same_seed_gives_the_same_faces_whatever_was_drawn_before() -> None:
    # given
    faces, change = bright_top(8), Augmentation()

    # when
    first = change(faces, 7)
    torch.rand(100)
    again, other = change(faces, 7), change(faces, 8)

    # then
    assert first.shape == faces.shape
    assert first.dtype == torch.uint8
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_the_callers_random_numbers_go_on_as_if_nothing_had_been_drawn() -> None:
    torch.manual_seed(3)
    expected = torch.rand(4)

    torch.manual_seed(3)
    Augmentation()(bright_top(2), 1)

    assert torch.equal(torch.rand(4), expected)


def test_the_input_is_left_as_it_is() -> None:
    faces = bright_top(4)

    Augmentation()(faces, 1)

    assert torch.equal(faces, bright_top(4))


def test_no_face_is_ever_turned_upside_down() -> None:
    config = AugmentationConfig(erase=0.0)

    changed = Augmentation(config)(bright_top(64), 5).float()

    upper, lower = changed[:, : SIDE // 4].mean((1, 2, 3)), changed[:, -SIDE // 4 :].mean((1, 2, 3))
    assert (upper > lower + 50).all()


def test_about_half_of_the_faces_are_mirrored_and_each_by_itself() -> None:
    config = AugmentationConfig(jitter=0.0, crop=0.0, erase=0.0)
    faces = bright_top(200)

    changed = Augmentation(config)(faces, 5)

    mirrored = (changed == faces.flip(2)).all(dim=(1, 2, 3))
    kept = (changed == faces).all(dim=(1, 2, 3))
    assert (mirrored | kept).all()
    assert 60 < int(mirrored.sum()) < 140


def test_an_erased_box_covers_what_the_config_says() -> None:
    config = AugmentationConfig(flip=0.0, jitter=0.0, crop=0.0, erase=1.0)
    white = torch.full((50, SIDE, SIDE, 3), 255, dtype=torch.uint8)

    changed = Augmentation(config)(white, 2)

    covered = (changed < 255).all(dim=3).float().mean((1, 2))
    assert (covered > 0.01).all()  # whole pixels round a box of 0.02 down
    assert (covered < 0.27).all()


def test_brightness_changes_by_no_more_than_the_jitter() -> None:
    config = AugmentationConfig(flip=0.0, jitter=0.1, crop=0.0, erase=0.0)
    grey = torch.full((100, SIDE, SIDE, 3), 100, dtype=torch.uint8)

    means = Augmentation(config)(grey, 2).float().mean((1, 2, 3))

    assert means.std() > 1
    # Brightness adds up to a tenth of white, contrast scales by up to a tenth.
    assert ((means > 60) & (means < 140)).all()


@pytest.mark.parametrize("count", [0, 3])
def test_no_change_is_no_change(count: int) -> None:
    faces = bright_top(count)

    assert torch.equal(Augmentation(NONE)(faces, 1), faces)


def test_every_step_of_every_run_has_its_own_seed() -> None:
    seeds = {
        step_seed(seed, epoch, step)
        for seed in range(3)
        for epoch in range(5)
        for step in range(20)
    }

    assert len(seeds) == 300
    assert step_seed(1, 2, 3) == step_seed(1, 2, 3)
    assert all(0 <= seed < 2**63 for seed in seeds)
