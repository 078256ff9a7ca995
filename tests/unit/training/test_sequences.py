"""Faces in order of time as clips and as sets of features."""

import numpy as np
import pytest

from training.examples import Examples
from training.faults import NothingUsable
from training.sequences import clips_of, sets_of
from worker.motion import flow_stack, temporal_map


def some_faces(lengths: tuple[int, ...]) -> Examples:
    random = np.random.default_rng(0)
    units = np.repeat(np.arange(len(lengths)), lengths)
    faces = random.integers(0, 256, (len(units), 32, 32, 3), np.uint8)
    return Examples({"faces": faces}, units.astype(np.float32), units + 100, units)


def test_a_recording_is_cut_into_whole_clips_that_keep_to_themselves() -> None:
    # given
    faces = some_faces((7, 2, 4))

    # when
    clips = clips_of(faces, ("appearance", "temporal_map"), 3)

    # then
    pixels = np.asarray(faces.inputs["faces"], np.uint8)
    assert clips.units.tolist() == [0, 0, 2]
    assert clips.persons.tolist() == [100, 100, 102]
    assert np.array_equal(clips.inputs["appearance"][1], pixels[4])
    assert np.array_equal(clips.inputs["temporal_map"][2], temporal_map(pixels[9:12]))


def test_a_flow_lies_between_the_faces_of_a_clip() -> None:
    # given
    faces = some_faces((11,))

    # when
    clips = clips_of(faces, ("faces", "flow"), 11)

    # then
    pixels = np.asarray(faces.inputs["faces"], np.uint8)
    assert clips.inputs["flow"].shape == (1, 32, 32, 20)
    assert np.array_equal(clips.inputs["flow"][0], flow_stack(pixels))


def test_recordings_shorter_than_a_clip_are_one_clear_error() -> None:
    # given / when / then
    with pytest.raises(NothingUsable, match="no recording has 9 usable faces in a row"):
        clips_of(some_faces((7, 8)), ("appearance",), 9)


def test_a_set_spans_its_recording_and_is_padded_after() -> None:
    # given
    faces = some_faces((9, 2))

    def brightness(pixels: np.ndarray) -> np.ndarray:
        return pixels.reshape(len(pixels), -1)[:, :4].astype(np.float32)

    # when
    sets = sets_of(faces, brightness, 3)

    # then
    expected = brightness(np.asarray(faces.inputs["faces"]))
    assert sets.inputs["mask"].tolist() == [[1, 1, 1], [1, 1, 0]]
    assert np.array_equal(sets.inputs["features"][0], expected[[0, 4, 8]])
    assert np.array_equal(sets.inputs["features"][1, :2], expected[9:])
    assert not sets.inputs["features"][1, 2].any()
