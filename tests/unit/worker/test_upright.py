"""A face that stands on its head is left out, whatever the detector makes of it."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from worker.faces import Face
from worker.upright import UprightFaces
from worker.video import Pixels

WIDTH, HEIGHT = 640, 480
POINTS = np.zeros((5, 2), np.float32)
LEFT, RIGHT = (100.0, 100.0, 200.0, 220.0), (400.0, 80.0, 500.0, 200.0)


def turned_round(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = box
    return WIDTH - x2, HEIGHT - y2, WIDTH - x1, HEIGHT - y1


@dataclass
class Detector:
    """Finds one set of faces in the picture, and another one in the picture turned round."""

    upright: list[Face]
    turned: list[Face] = field(default_factory=list[Face])
    looks: int = 0

    def find(self, pixels: Pixels) -> list[Face]:
        self.looks += 1
        return self.upright if pixels[0, 0, 0] else self.turned


def picture() -> Pixels:
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    pixels[0, 0] = 255
    return pixels


def face(box: tuple[float, float, float, float], confidence: float) -> Face:
    return Face(box, POINTS, confidence)


@pytest.mark.parametrize(
    ("confidence", "turned", "kept"),
    [(0.88, 0.94, False), (0.80, 0.96, False), (0.88, 0.85, True), (0.88, 0.89, True)],
)
def test_what_is_surer_the_other_way_round_stands_on_its_head(
    confidence: float, turned: float, kept: bool
) -> None:
    one = face(LEFT, confidence)
    detector = Detector([one], [face(turned_round(LEFT), turned)])

    assert UprightFaces(detector).find(picture()) == ([one] if kept else [])


def test_another_face_proves_nothing() -> None:
    poster, person = face(LEFT, 0.88), face(RIGHT, 0.95)
    detector = Detector([person, poster], [face(turned_round(RIGHT), 0.97)])

    assert UprightFaces(detector).find(picture()) == [person, poster]


def test_a_person_stays_when_a_poster_beside_them_hangs_upside_down() -> None:
    poster, person = face(LEFT, 0.85), face(RIGHT, 0.95)
    detector = Detector([person, poster], [face(turned_round(LEFT), 0.95)])

    assert UprightFaces(detector).find(picture()) == [person]


@pytest.mark.parametrize("found", [[], [face(LEFT, 0.94)]])
def test_who_is_sure_looks_once(found: list[Face]) -> None:
    detector = Detector(found)

    assert UprightFaces(detector).find(picture()) == found
    assert detector.looks == 1
