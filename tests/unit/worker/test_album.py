"""Which faces are kept: few, evenly spread, the same every time, and none unless asked for."""

import base64
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.kept_faces import MOST, KeptFace
from assessment.ledger import Verdict
from assessment.measurement import Observation
from assessment.request import Analysis, Sampling
from tests.media.recordings import counted, number_of, record
from tests.unit.worker.drawn_faces import face
from tests.unit.worker.test_pipeline import Counted, PaintedFaces, nothing, pipeline, request
from worker.album import SPARE, Album
from worker.looking import Look
from worker.tracks import Track
from worker.video import Pixels

CROP = np.full((224, 224, 3), 90, np.uint8)


def looks(used: list[bool]) -> list[Look]:
    """Return one look every 40 ms, with a face where it is used."""
    return [
        Look(
            Observation(i, 40 * i, Verdict.USED if one else Verdict.NO_FACE), CROP if one else None
        )
        for i, one in enumerate(used)
    ]


def seen_in(one: KeptFace) -> Pixels:
    """Return the picture (height, width, 3) uint8 RGB."""
    content = np.frombuffer(base64.b64decode(one.jpeg), np.uint8)
    picture = cv2.imdecode(content, cv2.IMREAD_COLOR)
    assert picture is not None
    return np.asarray(picture[:, :, ::-1], np.uint8)


def kept(used: list[bool], wanted: int = MOST) -> list[int]:
    album = Album(wanted)
    passed = list(album.watch(looks(used)))
    assert [one.seen.frame for one in passed] == list(range(len(used)))
    return [one.frame for one in album.faces(None)]


@given(st.lists(st.booleans(), max_size=60))
def test_only_used_frames_are_kept_in_their_order_and_at_most_as_many_as_wanted(used):
    frames = kept(used)

    assert len(frames) == min(MOST, sum(used))
    assert all(used[frame] for frame in frames)
    assert frames == sorted(set(frames))
    assert frames == kept(used)


@pytest.mark.parametrize("count", [6, 7, 12, 13, 25, 100, 999, 5000])
def test_they_are_spread_over_the_whole_recording(count):
    frames = kept([True] * count)

    steps = [after - before for before, after in pairwise(frames)]
    assert frames[0] == 0
    assert frames[-1] >= 0.8 * (count - 1)
    assert max(steps) <= 2 * min(steps)


def test_memory_holds_no_more_faces_however_long_the_recording():
    album = Album(MOST)

    held = [len(album._held) for _ in album.watch(looks([True] * 3000))]

    assert max(held) == SPARE * MOST


def test_a_picture_is_the_face_in_its_colours_and_carries_nothing_else():
    orange = np.full((224, 224, 3), (230, 120, 20), np.uint8)
    album = Album(1)
    list(album.watch([Look(Observation(7, 280, Verdict.USED), orange)]))

    (one,) = album.faces(None)
    seen = seen_in(one)

    assert (one.frame, one.at_ms, seen.shape) == (7, 280, (224, 224, 3))
    assert np.abs(seen.astype(int) - (230, 120, 20)).max() <= 4
    assert b"Exif" not in base64.b64decode(one.jpeg)
    assert one.jpeg not in repr(one)


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Twenty frames, one every 40 ms, each of its own grey level."""
    return record(tmp_path / "recording", counted(20))


def test_a_pipeline_keeps_the_faces_that_it_measured(video: Path):
    faces = PaintedFaces(hidden=frozenset({0, 1}))
    asked = request(include_faces=True, sampling=Sampling(every_ms=None, every_n_frames=2))

    measurement = pipeline(Counted(), faces)(video, asked, nothing)

    used = [row.frame for row in measurement.observations if row.verdict is Verdict.USED]
    pictures = [seen_in(one) for one in measurement.kept_faces]
    assert used == list(range(2, 20, 2))
    assert [one.frame for one in measurement.kept_faces] == [2, 4, 8, 10, 14, 18]
    assert [number_of(one) for one in pictures] == [2, 4, 8, 10, 14, 18]


def test_nothing_but_the_pictures_hangs_on_whether_they_are_asked_for(video: Path):
    analyses = (Analysis.EXPRESSION,)
    measured = [
        pipeline(Counted())(video, request(include_faces=asked, analyses=analyses), nothing)
        for asked in (True, False)
    ]

    assert measured[0].observations == measured[1].observations
    assert len(measured[0].kept_faces) == MOST
    assert measured[1].kept_faces == ()


def test_of_two_people_one_after_the_other_only_the_one_of_most_frames_is_kept():
    # given an assistant who set up the camera, alone, and a patient who came later
    patient, assistant = (Track(face(at, 100, 80), 0, 0) for at in (100, 400))
    people = [assistant] * 10 + [patient] * 50
    seen = [replace(look, whose=one) for look, one in zip(looks([True] * 60), people, strict=True)]
    album = Album(MOST)

    for _ in album.watch(seen):
        pass

    frames = [one.frame for one in album.faces(patient)]
    assert len(frames) == MOST
    assert min(frames) >= 10
