"""What the detector is given is what InsightFace itself would give it, bit for bit."""

import cv2
import numpy as np
import pytest

from worker.faces import Planes


@pytest.mark.parametrize("size", [(640, 384), (32, 640), (96, 64)])
def test_the_planes_are_those_of_opencv(size: tuple[int, int]) -> None:
    width, height = size
    picture = np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)

    planes = Planes(127.5, 128.0)(picture, size)

    mean = (127.5, 127.5, 127.5)
    assert np.array_equal(planes, cv2.dnn.blobFromImage(picture, 1 / 128, size, mean, swapRB=True))
    assert planes.flags["C_CONTIGUOUS"]


def test_pictures_of_changing_sizes_do_not_mix() -> None:
    prepare = Planes(127.5, 128.0)
    first, second = np.zeros((64, 96, 3), np.uint8), np.full((32, 64, 3), 255, np.uint8)

    dark = prepare(first, (96, 64)).copy()
    bright = prepare(second, (64, 32)).copy()

    assert (dark == -127.5 / 128).all()
    assert dark.shape == (1, 3, 64, 96)
    assert (bright == 127.5 / 128).all()
    assert bright.shape == (1, 3, 32, 64)
