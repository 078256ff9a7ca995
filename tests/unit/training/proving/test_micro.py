"""The experiment on micro-expressions: a smoke run, and the guess that it is compared with."""

import numpy as np
import pytest

from training.micro_scenes import Movement, Script
from training.proving.finding import Finding, Scale
from training.proving.micro import (
    EXPERIMENT,
    LEAST_RECOGNITION,
    LEAST_SPOTTING_F1,
    Watched,
    regular_guess,
    true_spans,
)
from training.spotting_scores import SpottingScore
from worker.motion import MOTION_SIZE
from worker.peaks import Event
from worker.spotting import Candidate

EVENT = Movement(1000.0, 1150.0, 1300.0, {}, 2)
SLOW = Movement(2000.0, 2500.0, 3000.0, {})


def spotted(onset_ms: float, offset_ms: float) -> Candidate:
    apex = (onset_ms + offset_ms) / 2
    motion = np.zeros((MOTION_SIZE, MOTION_SIZE, 3), np.float32)
    return Candidate(Event(onset_ms, apex, offset_ms, 1.0), motion)


def test_a_smoke_run_weighs_spotting_and_recognition() -> None:
    # when
    lines: list[str] = []
    finding = EXPERIMENT.run(Scale.SMOKE, 3, lines.append)

    # then
    assert [(arm.name, arm.metric) for arm in finding.arms] == [
        ("spotter", "spotting F1"),
        ("regular guess", "spotting F1"),
        ("STSTNet", "UF1"),
        ("STSTNet", "UAR"),
        ("constant", "UF1"),
        ("constant", "UAR"),
        ("spotter, then STSTNet", "STRS"),
    ]
    assert [criterion.threshold for criterion in finding.criteria] == [
        LEAST_SPOTTING_F1,
        LEAST_RECOGNITION,
        LEAST_RECOGNITION,
    ]
    assert all(0.0 <= arm.estimate.value <= 1.0 for arm in finding.arms)
    assert finding.arms[4].estimate.value == pytest.approx(1 / 6)  # one class of three: F1 1/2
    assert Finding.from_json(finding.as_json()) == finding
    assert sum(line.startswith("  recording") for line in lines) == 2


def test_slow_movements_are_not_among_the_true_events() -> None:
    assert true_spans(Script(4000.0, (EVENT, SLOW), ())) == [(1000.0, 1300.0)]


def test_hits_carry_the_class_that_was_planted() -> None:
    # given a hit and a false alarm on a slow movement
    found = (spotted(1020.0, 1290.0), spotted(2300.0, 2700.0))
    watched = Watched([Script(4000.0, (EVENT, SLOW), ())], [found])

    # then
    assert watched.hits() == [(0, found[0], 2)]
    assert watched.scores() == [SpottingScore(hits=1, false_alarms=1, misses=0)]


def test_the_regular_guess_spreads_as_many_events_evenly() -> None:
    # given
    script = Script(4000.0, (), ())

    # then
    assert regular_guess(script, 2) == [(850.0, 1150.0), (2850.0, 3150.0)]
    assert regular_guess(script, 0) == []
