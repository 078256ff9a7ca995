"""Pictures: the same bytes for the same numbers, small, and with what they claim to show."""

import io

import numpy as np
import pytest
from matplotlib import image

from training.evaluation import plots
from training.evaluation.conformal import reliability
from training.evaluation.units import Scored, Unit
from training.photograph import aligned_portrait

LABELS = ["neutral", "happy", "sad", "angry", "fear", "disgust", "surprise"]
LARGEST = 200_000  # bytes


def scores() -> Scored:
    random = np.random.default_rng(0)
    true = random.uniform(0.0, 45.0, 100).round()
    predicted = 0.7 * true + 5 + random.normal(0.0, 6.0, 100)
    return Scored(predicted, true, np.arange(100) // 2, np.arange(100), Unit.FILE)


def scatter() -> bytes:
    return plots.scatter(scores(), 14.2)


def confusion() -> bytes:
    return plots.confusion_matrix(np.random.default_rng(0).integers(0, 90, (7, 7)), LABELS)


def curve() -> bytes:
    residuals = np.random.default_rng(1).normal(0.0, 6.0, 60)
    return plots.reliability_curve(reliability(residuals, scores()))


def confidence() -> bytes:
    random = np.random.default_rng(0)
    return plots.confidence_curve(random.dirichlet(np.ones(7), 200), random.integers(0, 7, 200))


def attention() -> bytes:
    return plots.attention_maps(aligned_portrait(), np.random.default_rng(0).random((4, 7, 7)))


def pixels(content: bytes) -> np.ndarray:
    return image.imread(io.BytesIO(content), format="png")[..., :3]


def has_colour(content: bytes, colour: str) -> bool:
    wanted = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return bool((np.abs(pixels(content) - wanted).max(axis=2) < 0.02).any())


@pytest.mark.parametrize("draw", [scatter, confusion, curve, confidence, attention])
def test_a_picture_is_small_and_the_same_every_time(draw) -> None:
    # when
    first, second = draw(), draw()

    # then
    assert first == second
    assert len(first) < LARGEST
    assert pixels(first).std() > 0.05


def test_the_calibrated_interval_is_drawn_only_when_there_is_one() -> None:
    assert has_colour(plots.scatter(scores(), 14.2), plots.ORANGE)
    assert not has_colour(plots.scatter(scores()), plots.ORANGE)


def test_the_shared_bands_are_shaded() -> None:
    assert has_colour(scatter(), plots.PALE_BLUE)


def test_a_map_lies_over_the_place_that_it_weighs() -> None:
    # given a grey face, and one head that looks at its upper left corner
    face = np.full((224, 224, 3), 128, np.uint8)
    maps = np.zeros((1, 7, 7))
    maps[0, 1, 1] = 1.0

    # when
    drawn = pixels(plots.attention_maps(face, maps))

    # then the right half, the overlay, is yellow there: much red, little blue
    overlay = drawn[:, drawn.shape[1] // 2 :]
    yellow = np.argwhere((overlay[..., 0] - overlay[..., 2]) > 0.2)
    middle = yellow.mean(axis=0) / overlay.shape[:2]
    assert 0.1 < middle[0] < 0.45
    assert 0.1 < middle[1] < 0.45


def test_a_flat_map_is_no_division_by_zero() -> None:
    face = np.full((64, 64, 3), 128, np.uint8)

    assert plots.attention_maps(face, np.full((2, 7, 7), 0.3))


def test_a_class_without_rows_leaves_its_row_empty() -> None:
    assert plots.confusion_matrix(np.array([[3, 1], [0, 0]]), ["a", "b"])
