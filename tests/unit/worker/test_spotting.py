"""The spotter on drawn faces whose events are planted at known times."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from training.micro_muscles import Actor, draw_actor
from training.micro_scenes import Movement, Script, draw_push, film
from worker.motion import Faces
from worker.spotting import Candidate, Spotter

POSITIVE = 1


def actor() -> Actor:
    """A person in even light with little grain."""
    person = draw_actor(112, np.random.default_rng(11))
    return replace(person, light=replace(person.light, gain=1.0, noise=2.0))


def smile(onset_ms: float) -> Movement:
    """A smile of 2.4 px that lasts 300 ms."""
    push = draw_push(POSITIVE, 2.4, np.random.default_rng(5))
    return Movement(onset_ms, onset_ms + 140.0, onset_ms + 300.0, push, POSITIVE)


def shown(script: Script, rate: float) -> Iterator[tuple[float, Faces]]:
    return film(actor(), script, rate, np.random.default_rng(2))


def spot(frames: Iterator[tuple[float, Faces]]) -> tuple[Candidate, ...]:
    spotter = Spotter()
    for at_ms, face in frames:
        spotter.see(at_ms, face)
    return spotter.finish()


@pytest.mark.parametrize("rate", [25.0, 60.0])
def test_an_event_is_found_at_its_time_with_its_motion(rate: float) -> None:
    # given
    event = smile(600.0)

    # when
    found = spot(shown(Script(1500.0, (event,), ()), rate))

    # then
    assert len(found) == 1
    spotted = found[0].event
    shared = min(spotted.offset_ms, 900.0) - max(spotted.onset_ms, 600.0)
    whole = max(spotted.offset_ms, 900.0) - min(spotted.onset_ms, 600.0)
    assert shared / whole >= 0.5
    assert spotted.apex_ms == pytest.approx(740.0, abs=60.0)
    assert found[0].motion.shape == (28, 28, 3)
    assert found[0].motion.dtype == np.float32
    # the corners of the mouth go up
    assert found[0].motion[22:25, 9:12, 1].mean() < -0.6
    assert found[0].motion[22:25, 16:19, 1].mean() < -0.6


def test_blinks_and_a_trembling_head_are_no_events() -> None:
    script = Script(1600.0, (), ((500.0, 700.0), (1000.0, 1250.0)))

    assert spot(shown(script, 30.0)) == ()


def test_a_gap_in_the_faces_during_an_event_loses_it() -> None:
    # given
    script = Script(1500.0, (smile(600.0),), ())
    frames = [(at, face) for at, face in shown(script, 30.0) if not 720.0 < at < 820.0]

    # then
    assert spot(iter(frames)) == ()


def test_an_event_before_a_gap_is_kept() -> None:
    # given a face that leaves after the event
    script = Script(1400.0, (smile(500.0),), ())
    frames = list(shown(script, 30.0))
    later = [(at + 5000.0, face) for at, face in frames[:6]]

    # when
    found = spot(iter(frames + later))

    # then
    assert [round(item.event.apex_ms, -2) for item in found] == [600.0]


def test_faces_that_come_too_fast_or_twice_are_passed_over() -> None:
    # given every frame twice, and a third time 4 ms later
    script = Script(1500.0, (smile(600.0),), ())
    once = list(shown(script, 30.0))
    often = [(at + late, face) for at, face in once for late in (0.0, 0.0, 4.0)]

    # when
    expected, found = spot(iter(once)), spot(iter(often))

    # then
    assert [item.event for item in found] == [item.event for item in expected]
    assert len(found) == 1


def test_the_memory_does_not_grow_with_the_recording() -> None:
    # given
    spotter = Spotter()
    face = actor().show({}, 0.0, np.random.default_rng(1))

    # when 40 frames, then as many more, in half a second each
    sizes: list[tuple[int, int]] = []
    for number in range(160):
        spotter.see(number * 25.0, face)
        sizes.append((len(spotter._faces), len(spotter._readings)))

    # then
    assert max(sizes[-40:]) <= max(sizes[60:100])
    assert max(faces for faces, _ in sizes) <= 42
    assert spotter.finish() == ()


def test_too_few_faces_hold_no_event() -> None:
    assert spot(shown(Script(300.0, (), ()), 30.0)) == ()
    assert Spotter().finish() == ()
