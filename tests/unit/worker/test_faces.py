"""The real detector on a real face."""

import os
from pathlib import Path

import numpy as np
import pytest

from assessment.faults import Misconfigured
from assessment.ledger import Verdict
from assessment.measurement import FaceBox
from assessment.request import Sampling
from assessment.thresholds import Thresholds
from tests.media.portraits import (
    Degrade,
    astronaut,
    beside_itself,
    blurred,
    brightened,
    darkened,
    shrunk,
)
from tests.media.recordings import Picture, record
from worker.faces import Face, FaceFinder, align, detection_size
from worker.quality import measure, verdict_of
from worker.video import Limits, Pixels, decode

WEIGHTS = Path(__file__).parents[3] / "weights" / "detector.onnx"


@pytest.fixture(scope="module")
def finder() -> FaceFinder:
    if not WEIGHTS.exists():
        message = "no weights/detector.onnx: run `make weights`"
        if os.environ.get("CI"):  # noqa: TID251
            pytest.fail(message)
        pytest.skip(message)
    return FaceFinder(WEIGHTS)


def bgr(picture: Picture) -> Pixels:
    return np.ascontiguousarray(picture[:, :, ::-1])


def unchanged(picture: Picture) -> Picture:
    return picture


@pytest.mark.stack
def test_one_face_is_found_where_it_is(finder: FaceFinder) -> None:
    (face,) = finder.find(bgr(astronaut()))

    # The face of the portrait fills about 170 to 275 across and 60 to 190 down.
    x, y = face.centre
    assert 200 < x < 250
    assert 95 < y < 150
    assert face.confidence > 0.9
    left, right, nose, *_ = face.points
    assert left[0] < nose[0] < right[0]


@pytest.mark.stack
def test_two_faces_are_two(finder: FaceFinder) -> None:
    faces = finder.find(bgr(beside_itself(astronaut())))

    assert len(faces) == 2
    assert sorted(face.centre[0] > 512 for face in faces) == [False, True]


@pytest.mark.stack
@pytest.mark.parametrize("shape", [(480, 640, 3), (1, 5000, 3), (2, 2, 3), (720, 16, 3)])
def test_a_picture_without_a_face_has_none(finder: FaceFinder, shape: tuple[int, int, int]) -> None:
    assert finder.find(np.full(shape, 90, np.uint8)) == []


@pytest.mark.stack
def test_an_aligned_face_has_its_eyes_on_one_line(finder: FaceFinder) -> None:
    # Given a portrait that is tilted by a quarter turn,
    tilted = np.ascontiguousarray(bgr(astronaut())[80:220, 130:320])
    (face,) = finder.find(tilted)

    # when its face is aligned,
    crop = align(tilted, face)

    # then it is RGB of the one size, warm as skin is.
    assert crop.shape == (224, 224, 3)
    assert crop.dtype == np.uint8
    cheeks = crop[112:150, 80:144].reshape(-1, 3).mean(axis=0)
    assert cheeks[0] > cheeks[2]


@pytest.mark.stack
@pytest.mark.parametrize(
    ("degrade", "verdict"),
    [
        (unchanged, Verdict.USED),
        (blurred, Verdict.BLURRED),
        (darkened, Verdict.TOO_DARK),
        (brightened, Verdict.TOO_BRIGHT),
        (shrunk, Verdict.TOO_SMALL),
    ],
)
def test_a_degraded_recording_lands_in_its_own_bucket(
    tmp_path: Path, finder: FaceFinder, degrade: Degrade, verdict: Verdict
) -> None:
    # Given a second of video of one portrait, degraded in one way,
    path = record(tmp_path / "recording", [degrade(astronaut())] * 25)

    # when its samples are judged,
    with decode(path, Sampling(every_ms=200), Limits()) as recording:
        verdicts = {
            verdict_of(measure(align(frame.pixels, face), face.points), Thresholds())
            for frame in recording
            for face in finder.find(frame.pixels)
        }

    # then they are rejected for that and nothing else.
    assert verdicts == {verdict}


def test_a_missing_detector_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="make weights"):
        FaceFinder(tmp_path / "detector.onnx")


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [
        (1280, 720, (640, 384)),
        (640, 480, (640, 480)),
        (320, 240, (640, 480)),
        (720, 1280, (384, 640)),
        (641, 479, (640, 480)),
    ],
)
def test_pictures_are_searched_at_a_longest_side_of_640(
    width: int, height: int, size: tuple[int, int]
) -> None:
    assert detection_size(width, height) == size


def test_a_box_is_shown_inside_the_picture() -> None:
    face = Face((-10.4, 5.6, 700.0, 90.2), np.zeros((5, 2), np.float32), 0.87654321)

    assert face.to_box(640, 480) == FaceBox(0, 6, 640, 84, 0.8765)
