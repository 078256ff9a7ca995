"""Planted micro-expressions: what is planted is what is filmed, and persons stay apart."""

import numpy as np
import pytest

from networks.tensors import MICRO_EXPRESSIONS
from training.micro_muscles import Muscle, draw_actor
from training.micro_scenes import (
    BLINK_MS,
    EVENT_MS,
    EVENT_PIXELS,
    IDLE_PIXELS,
    SLOW_MS,
    MicroSceneConfig,
    Movement,
    Script,
    draw_event,
    draw_events,
    draw_push,
    draw_recording,
    draw_script,
    draw_slow,
    film,
)
from training.synthetic import Split
from worker.motion import motion_of

NEGATIVE, POSITIVE, SURPRISE = range(3)


def test_a_movement_is_whole_at_its_apex_and_gone_outside() -> None:
    # given
    movement = Movement(100.0, 200.0, 400.0, {}, POSITIVE)

    # then
    assert [movement.share(at) for at in (0.0, 100.0, 400.0, 900.0)] == [0.0] * 4
    assert movement.share(200.0) == 1.0
    assert movement.share(150.0) == pytest.approx(0.5)
    assert movement.share(300.0) == pytest.approx(0.5)


@pytest.mark.parametrize("label", range(3))
def test_events_are_brief_and_small(label: int) -> None:
    random = np.random.default_rng(label)
    for _ in range(50):
        # when
        event = draw_event(500.0, random, label)

        # then
        assert EVENT_MS[0] <= event.offset_ms - event.onset_ms <= EVENT_MS[1]
        assert 500.0 < event.apex_ms < event.offset_ms
        assert max(abs(pixels) for pixels in event.push.values()) <= EVENT_PIXELS[1]
        assert event.label == label


def test_the_classes_push_the_ways_that_their_names_say() -> None:
    # given; down is positive
    random = np.random.default_rng(3)
    pushes = [draw_push(label, 2.0, random) for label in range(len(MICRO_EXPRESSIONS))]

    # then
    assert pushes[NEGATIVE][Muscle.LEFT_BROW] > 0.0 < pushes[NEGATIVE][Muscle.RIGHT_CORNER]
    assert pushes[POSITIVE][Muscle.LEFT_CORNER] < 0.0 < pushes[POSITIVE][Muscle.SPREAD]
    assert pushes[SURPRISE][Muscle.RIGHT_BROW] < 0.0 > pushes[SURPRISE][Muscle.LIDS]


def test_a_slow_movement_is_no_event_and_lasts_longer() -> None:
    # given
    slow = draw_slow(0.0, np.random.default_rng(4))

    # then
    assert slow.label is None
    assert SLOW_MS[0] <= slow.offset_ms <= SLOW_MS[1]
    assert Script(5000.0, (slow,), ()).events == ()


def test_movements_of_a_script_follow_one_another() -> None:
    # when
    script = draw_script(30.0, np.random.default_rng(5))

    # then
    ends = [movement.offset_ms for movement in script.movements]
    starts = [movement.onset_ms for movement in script.movements[1:]]
    assert all(start - end >= 500.0 for end, start in zip(ends, starts, strict=False))
    assert ends[-1] < script.duration_ms
    assert {event.label for event in script.events} == {0, 1, 2}
    assert all(BLINK_MS[0] <= end - start <= BLINK_MS[1] for start, end in script.blinks)


def test_the_lids_close_in_the_middle_of_a_blink() -> None:
    script = Script(1000.0, (), ((200.0, 400.0),))

    assert script.closed(300.0) == pytest.approx(1.0)
    assert script.closed(200.0) == script.closed(900.0) == 0.0


def test_idle_muscles_stray_by_a_quarter_of_a_pixel_and_slowly() -> None:
    # given
    script = draw_script(30.0, np.random.default_rng(6))
    alone = Script(script.duration_ms, (), (), script.idling)

    # when
    strays = np.array([[alone.push(at)[muscle] for muscle in Muscle] for at in range(0, 30000, 20)])

    # then
    assert np.sqrt((strays**2).mean(axis=0)) == pytest.approx(np.full(8, IDLE_PIXELS), rel=0.15)
    assert np.abs(np.diff(strays, axis=0)).max() < 0.03
    assert Script(1000.0, (), ()).push(500.0) == {}


def test_a_film_has_the_rate_and_the_size_that_were_asked_for() -> None:
    # given
    config = MicroSceneConfig(1, seconds=3.0, rate=25.0, side=64)

    # when
    script, frames = draw_recording(Split.TRAIN, 0, config)
    shown = list(frames)

    # then
    assert script.duration_ms == 3000.0
    assert [at for at, _ in shown[:3]] == [0.0, 40.0, 80.0]
    assert len(shown) == 75
    assert {face.shape for _, face in shown} == {(64, 64, 3)}
    assert shown[0][1].dtype == np.uint8


def test_what_is_planted_can_be_measured() -> None:
    # given corners of the mouth that go up by 2.5 px, in a film of two frames
    random = np.random.default_rng(8)
    actor = draw_actor(112, random)
    push = {Muscle.LEFT_CORNER: -2.5, Muscle.RIGHT_CORNER: -2.5}
    script = Script(200.0, (Movement(0.0, 100.0, 200.0, push, POSITIVE),), ())

    # when
    (_, onset), (_, apex) = film(actor, script, 10.0, random)
    motion = motion_of(onset, apex)

    # then: rows 22 to 24 of 28 hold the mouth, its corners at columns 10 and 17
    assert -2.6 < motion[22:25, 9:12, 1].mean() < -0.8
    assert -2.6 < motion[22:25, 16:19, 1].mean() < -0.8
    assert np.abs(motion[8:11, 6:22, 1]).mean() < 0.5


def test_events_for_the_recogniser_are_balanced_and_reproducible() -> None:
    # when
    events = draw_events(Split.TRAIN, persons=3, each=2, seed=1)
    again = draw_events(Split.TRAIN, persons=3, each=2, seed=1)

    # then
    assert events.inputs["motion"].shape == (18, 28, 28, 3)
    assert events.inputs["motion"].dtype == np.float32
    assert np.bincount(events.labels.astype(int)).tolist() == [6, 6, 6]
    assert np.array_equal(events.inputs["motion"], again.inputs["motion"])
    assert sorted(set(events.persons.tolist())) == [0, 1, 2]


def test_splits_share_no_person() -> None:
    # when
    persons = [
        set(draw_events(split, persons=2, each=1, seed=1).persons.tolist()) for split in Split
    ]

    # then
    assert set.intersection(*persons) == set()
    assert len(set.union(*persons)) == 6
