"""The data set of nobody: AVEC2014's layout, read back by the project's own loader and decoder."""

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from training.datasets.avec2014 import load
from training.photograph import Disguise
from training.proving.layout import (
    ABSENT_SHARE,
    FACE,
    FRAMES_A_SECOND,
    HEIGHT,
    WIDTH,
    LayoutConfig,
    draw_sessions,
    film_session,
    main,
)
from training.proving.scenes import Part

SMALL = LayoutConfig(persons=3, sessions=2, seconds=0.4)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("data") / "avec"
    asked = ["--persons", "3", "--sessions", "2", "--seconds", "0.4"]
    assert main(["--out", str(out), *asked]) == 0
    return out


def test_the_projects_loader_reads_it(written: Path):
    # when
    recordings = load(written)

    # then every session has two tasks with one label
    assert len(recordings) == 3 * 2 * 2
    labels = {(one.session, one.label) for one in recordings}
    assert len(labels) == 6
    assert {one.session: one.label for one in recordings} == {
        session.name: session.label for session in draw_sessions(SMALL)
    }


def test_the_videos_are_videos(written: Path):
    # when
    path = written / "Training/Freeform/203_1_Freeform_video.mp4"
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
        rate = container.streams.video[0].average_rate

    # then
    assert len(frames) == round(SMALL.seconds * FRAMES_A_SECOND)
    assert rate == FRAMES_A_SECOND
    assert frames[0].shape == (HEIGHT, WIDTH, 3)


def test_nothing_half_written_is_left(written: Path):
    assert not list(written.rglob("*.part"))


def test_a_folder_that_holds_something_is_refused(
    written: Path, capsys: pytest.CaptureFixture[str]
):
    # when
    status = main(["--out", str(written)])

    # then
    assert status == 1
    assert "already holds something" in capsys.readouterr().err


def test_a_person_has_one_part_and_the_photograph_is_in_training_only():
    # given
    sessions = draw_sessions(replace(SMALL, persons=30))

    # when
    parts = {number: {s.part for s in sessions if s.number == number} for number in numbers(30)}

    # then
    assert all(len(one) == 1 for one in parts.values())
    photographed = {s.part for s in sessions if isinstance(s.person, Disguise)}
    assert photographed == {Part.TRAINING}
    assert all(100 <= number <= 999 for number in parts)


def numbers(persons: int) -> set[int]:
    return {session.number for session in draw_sessions(replace(SMALL, persons=persons))}


def test_the_chair_is_empty_for_a_moment():
    # given
    config = replace(SMALL, seconds=1.0)
    session = next(one for one in draw_sessions(config) if one.part is Part.HELD_OUT)

    # when
    pictures = film_session(session, config, "Freeform")

    # then the middle of the picture is flat in a tenth of the frames
    middle = pictures[:, HEIGHT // 2 - FACE // 4 : HEIGHT // 2 + FACE // 4, WIDTH // 2 - 20 :]
    flat = np.ptp(middle.reshape(len(middle), -1, 3), axis=1).max(axis=1) == 0
    assert flat.sum() == round(ABSENT_SHARE * len(pictures))


def test_the_same_seed_films_the_same_and_tasks_differ():
    # given
    session = draw_sessions(SMALL)[-1]

    # when
    once, again, other = (
        film_session(session, SMALL, task) for task in ("Freeform", "Freeform", "Northwind")
    )

    # then
    assert np.array_equal(once, again)
    assert not np.array_equal(once, other)
