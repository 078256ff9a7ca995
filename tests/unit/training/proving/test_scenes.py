"""Scenes: the same every time, persons apart, labels in what the scene says and nowhere else."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.behaviour import Behaviour
from training.drawing import EYES, Looks, draw_looks
from training.examples import Examples
from training.photograph import Disguise, draw_disguise
from training.proving import clips, stills
from training.proving.clips import (
    GESTURES,
    Clips,
    gesture_clips,
    late_fusion_ceiling,
    order_clips,
    ordered,
    severity_clips,
    with_bad_frames,
)
from training.proving.courses import Habits, blinks, draw_course, perform
from training.proving.scenes import FIRST_PERSON, Cast, Part, Pose, posed, show_gazing
from training.proving.stills import (
    EXPRESSIONS,
    expression_faces,
    severity_faces,
    two_region_faces,
    with_flipped_classes,
    with_noisy_scores,
)
from training.synthetic import draw_light

SMALL = Cast(Part.TRAINING, persons=3, takes=2, side=64, seed=5)
STILLS = (severity_faces, two_region_faces, expression_faces)


def frames_of(cast: Cast) -> list[np.ndarray]:
    """All faces that any scene makes of a cast."""
    still = [scene(cast).inputs["faces"] for scene in STILLS]
    moving = [scene(cast, 4).frames for scene in (severity_clips, order_clips, gesture_clips)]
    return [*still, *moving]


def test_the_same_cast_is_filmed_the_same_way_every_time():
    # when
    once, again = frames_of(SMALL), frames_of(SMALL)

    # then
    assert all(np.array_equal(first, second) for first, second in zip(once, again, strict=True))


def test_another_seed_films_something_else():
    # when
    once, other = frames_of(SMALL), frames_of(replace(SMALL, seed=6))

    # then
    assert not any(np.array_equal(first, second) for first, second in zip(once, other, strict=True))


def test_no_person_is_in_two_parts():
    # given
    casts = [replace(SMALL, part=part, persons=1000) for part in Part]

    # when
    persons = [set(cast.numbers()) for cast in casts]

    # then
    assert sum(map(len, persons)) == len(set.union(*persons)) == 1000 * len(Part)
    assert np.diff(sorted(FIRST_PERSON.values())).min() >= 1_000_000


def test_faces_carry_their_persons_number():
    # when
    faces = severity_faces(replace(SMALL, part=Part.HELD_OUT))

    # then
    first = FIRST_PERSON[Part.HELD_OUT]
    assert faces.persons.tolist() == [first, first, first + 1, first + 1, first + 2, first + 2]


@pytest.mark.parametrize("scene", [severity_faces, two_region_faces])
def test_labels_say_nothing_of_who_it_is(scene: Callable[[Cast], Examples]):
    # given many persons with many takes each
    labels = scene(Cast(Part.DEVELOPMENT, 50, 8, 32, 0)).labels.reshape(50, 8)

    # when the variance between persons is compared with what chance gives
    between = labels.mean(axis=1).var(ddof=1)
    expected = labels.var(ddof=1) / 8

    # then
    assert 0.5 < between / expected < 1.7


def test_mouth_and_eyes_carry_half_of_the_label_each():
    # given
    random = np.random.default_rng(0)
    takes = [stills.two_regions_take(random) for _ in range(4000)]
    smile, droop, brow = (
        np.array([getattr(behaviour, name) for behaviour, _ in takes])
        for name in ("smile", "droop", "brow")
    )
    labels = np.array([label for _, label in takes])

    # then
    assert np.corrcoef(smile, labels)[0, 1] == pytest.approx(-np.sqrt(0.5), abs=0.03)
    assert np.corrcoef(droop, labels)[0, 1] == pytest.approx(np.sqrt(0.5), abs=0.03)
    assert abs(np.corrcoef(brow, labels)[0, 1]) < 0.05
    assert abs(np.corrcoef(smile, droop)[0, 1]) < 0.05


def test_a_fifth_of_the_classes_is_flipped_and_none_by_chance_back():
    # given
    faces = expression_faces(Cast(Part.TRAINING, 25, 4, 32, 0))

    # when
    noisy, flipped = with_flipped_classes(faces, 0.2, len(EXPRESSIONS), seed=0)

    # then
    assert flipped.sum() == 20
    assert np.array_equal(noisy.labels != faces.labels, flipped)
    assert set(noisy.labels.tolist()) <= set(range(len(EXPRESSIONS)))
    assert noisy.inputs["faces"] is faces.inputs["faces"]


def test_noisy_scores_stay_on_the_scale_and_stray_as_asked():
    # given labels over the whole scale
    rows = np.arange(2000)
    labels = np.linspace(0.0, 63.0, 2000).astype(np.float32)

    # when
    noisy = np.asarray(
        with_noisy_scores(Examples({}, labels, rows, rows), 6.0, seed=0).labels, np.float32
    )

    # then
    assert noisy.min() >= 0.0
    assert noisy.max() <= 63.0
    middle = (labels > 25) & (labels < 38)  # where clipping is rare
    assert np.std((noisy - labels)[middle]) == pytest.approx(6.0, rel=0.1)


class TestOrder:
    """The scene whose label is in the order of the frames alone."""

    def test_every_label_goes_with_the_same_multiset_of_frames(self, monkeypatch):
        # given the same clips ordered by two labels: only the angle's number differs
        made: list[Clips] = []
        for share in (0.1, 0.8):
            monkeypatch.setattr(clips, "ordered", at_angle(share))
            made.append(order_clips(SMALL, 6))

        # then each clip's frames are the same, in another order
        for first, second in zip(made[0].frames, made[1].frames, strict=True):
            assert sorted(frame.tobytes() for frame in first) == sorted(
                frame.tobytes() for frame in second
            )
            assert not np.array_equal(first, second)

    def test_a_frame_picked_by_chance_has_the_same_marginal_whatever_the_label(self):
        # given smile and droop as the scene draws them, for low and for high labels
        random = np.random.default_rng(0)
        seen: list[np.ndarray] = []
        for angle in (0.3, 2.4):
            shares = random.uniform(size=(3000, 8, 2))
            rows = [clip[ordered(clip, angle)][random.integers(8)] for clip in shares]
            seen.append(np.array(rows))

        # then both are uniform over the square and uncorrelated
        for rows in seen:
            assert rows.mean(axis=0) == pytest.approx([0.5, 0.5], abs=0.02)
            assert rows.var(axis=0) == pytest.approx([1 / 12, 1 / 12], abs=0.006)
            assert abs(np.corrcoef(rows.T)[0, 1]) < 0.06

    def test_the_middle_frame_would_tell_of_the_label(self):
        # given: why the experiment must not show the middle frame to the appearance stream
        shares = np.random.default_rng(0).uniform(size=(3000, 9, 2))

        # when
        middles = {
            angle: np.array([clip[ordered(clip, angle)][4] for clip in shares])
            for angle in (0.25 * np.pi, 0.75 * np.pi)
        }

        # then smile and droop of the middle frame go together by the label
        falling, rising = (np.corrcoef(rows.T)[0, 1] for rows in middles.values())
        assert falling < -0.3 < 0.3 < rising

    @given(st.floats(0.0, np.pi))
    def test_frames_lie_in_rising_order_along_the_angle(self, angle: float):
        # given
        shares = np.random.default_rng(1).uniform(size=(7, 2))

        # when
        along = shares[ordered(shares, angle)] @ [np.cos(angle), np.sin(angle)]

        # then
        assert (np.diff(along) >= 0.0).all()


def at_angle(share: float) -> Callable[..., np.ndarray]:
    """An order along this share of 180 degrees, whatever angle was drawn."""
    return lambda shares, angle: ordered(shares, share * np.pi + 0.0 * angle)


class TestBadFrames:
    """About a third of the frames is spoiled, and the rest is left alone."""

    def test_about_a_third_is_bad_and_every_clip_keeps_a_good_frame(self):
        # given
        clean = Clips(
            np.full((300, 12, 16, 16, 3), 100, np.uint8),
            np.zeros(300, np.float32),
            np.arange(300),
            np.zeros((300, 12), bool),
        )

        # when
        spoiled = with_bad_frames(clean, seed=0)

        # then
        assert 0.25 < spoiled.bad.mean() < 0.36
        assert (~spoiled.bad).any(axis=1).all()

    def test_bad_frames_differ_and_good_ones_do_not(self):
        # given
        clean = severity_clips(SMALL, 6)

        # when
        spoiled = with_bad_frames(clean, seed=0)

        # then
        same = (spoiled.frames == clean.frames).all(axis=(2, 3, 4))
        assert np.array_equal(~same, spoiled.bad)
        assert spoiled.bad.any()
        assert not clean.bad.any()


class TestGestures:
    """A class is a table of appearance and motion."""

    def test_neither_appearance_nor_motion_tells_the_class(self):
        # then every row and every column of the table holds four classes, and all seven occur
        assert all(len(set(line)) == 4 for line in [*GESTURES, *GESTURES.T])
        assert set(GESTURES.ravel()) == set(range(7))
        assert late_fusion_ceiling() < 0.5

    def test_the_middle_face_is_the_same_whichever_way_the_head_goes(self, monkeypatch):
        # given
        middles: list[np.ndarray] = []
        for motion in ((-1.0, 0.0), (0.0, 1.0)):
            monkeypatch.setattr(clips, "MOTIONS", (motion,) * 4)

            # when
            middles.append(gesture_clips(SMALL, 5).frames[:, 2])

        # then
        assert np.array_equal(middles[0], middles[1])

    def test_the_head_moves_the_way_that_the_class_says(self, monkeypatch):
        # given heads that all go right, without grain
        monkeypatch.setattr(clips, "MOTIONS", ((1.0, 0.0),) * 4)

        # when
        frames = gesture_clips(SMALL, 5).frames

        # then the first frame, shifted right, is more like the last than unshifted
        first, last = frames[:, 0].astype(float), frames[:, -1].astype(float)
        shifted = np.roll(first, 15, axis=2)
        inner = np.s_[:, 10:54, 20:44]
        assert np.abs(shifted - last)[inner].mean() < np.abs(first - last)[inner].mean()


class TestCourses:
    """Behaviour over time."""

    def test_a_higher_blink_rate_closes_the_lids_more_often(self):
        # given a minute at 30 frames a second
        times = np.arange(1800) / 30.0

        # when
        rare, frequent = (
            (blinks(times, rate, np.random.default_rng(0)) > 0.5).mean() for rate in (0.1, 1.0)
        )

        # then
        assert 0.0 < rare < frequent / 3

    def test_no_blink_leaves_the_lids_up(self):
        assert not blinks(np.arange(30) / 30.0, 0.0, np.random.default_rng(0)).any()

    def test_a_smile_comes_and_goes_at_its_rate(self):
        # given 20 seconds of a smile at half a hertz
        habits = Habits(Behaviour(1.0, 0.2, 0.2, 0.2), smile_rate=0.5, blink_rate=0.0)
        times = np.arange(600) / 30.0

        # when
        course = draw_course(habits, times, np.random.default_rng(0))
        smiles = np.array([behaviour.smile for behaviour in course.behaviours])

        # then
        power = np.abs(np.fft.rfft(smiles - smiles.mean()))
        assert np.fft.rfftfreq(600, 1 / 30)[power.argmax()] == pytest.approx(0.5, abs=0.05)

    @settings(max_examples=20, deadline=None)
    @given(st.integers(0, 1000))
    def test_behaviours_stay_shares_whatever_the_habits(self, seed: int):
        # given
        random = np.random.default_rng(seed)
        habits = Habits(Behaviour(*random.uniform(size=4)), *random.uniform(0, 2, 2))

        # when
        course = draw_course(habits, np.arange(20) / 5.0, random)

        # then
        rows = np.array([[b.smile, b.droop, b.brow, b.bow] for b in course.behaviours])
        assert ((rows >= 0.0) & (rows <= 1.0)).all()
        assert (np.abs(course.gaze) <= 1.0).all()

    def test_a_course_is_filmed_frame_by_frame(self):
        # given
        random = np.random.default_rng(0)
        course = draw_course(Habits(Behaviour(0.5, 0.2, 0.2, 0.2)), np.arange(3) / 2.0, random)

        # when
        frames = perform(draw_looks(random), course, draw_light(random), 48, random)

        # then
        assert frames.shape == (3, 48, 48, 3)
        assert frames.dtype == np.uint8


@pytest.mark.parametrize("person", [draw_looks, draw_disguise])
def test_a_gaze_moves_what_is_inside_the_eyes_and_nothing_else(
    person: Callable[[np.random.Generator], Looks | Disguise],
):
    # given
    who, behaviour = person(np.random.default_rng(2)), Behaviour(0.5, 0.1, 0.1, 0.1)

    # when
    straight, aside = (show_gazing(who, behaviour, gaze).astype(int) for gaze in (0.0, 1.0))

    # then
    changed = (straight != aside).any(axis=2)
    near = np.zeros_like(changed)
    for x, y in EYES:
        near[round(y) - 12 : round(y) + 12, round(x) - 20 : round(x) + 20] = True
    assert changed.sum() > 100
    assert not changed[~near].any()


def test_no_pose_leaves_a_face_as_it_is():
    # given
    face = np.random.default_rng(0).integers(0, 256, (32, 32, 3)).astype(np.uint8)

    # then
    assert np.array_equal(posed(face, Pose()), face)
    assert not np.array_equal(posed(face, Pose(roll=10.0)), face)
