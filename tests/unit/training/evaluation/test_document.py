"""Evaluations fit the manifest's schema and say the numbers that the metrics say."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from training import evidence
from training.evaluation.document import (
    Setting,
    expected_calibration_error,
    weigh_classes,
    weigh_severity,
)
from training.evaluation.units import Scored, Unit
from training.faults import NothingToWeigh

ROOT = Path(__file__).resolve().parents[4]
SCHEMA = json.loads((ROOT / "model_repository" / "manifest.schema.json").read_text())
SETTING = Setting("invented scores", "person-disjoint; evaluated once")
LABELS = ("negative", "positive", "surprise")


def check(part: str, value: Any) -> None:
    """Validate one part of a manifest against its part of the schema."""
    schema = {**SCHEMA["properties"][part], "$defs": SCHEMA["$defs"]}
    Draft202012Validator(schema).validate(value)


def severity(persons: range, seed: int = 0, unit: Unit = Unit.SESSION) -> Scored:
    """Two units a person, off by a deviation of 5."""
    random = np.random.default_rng(seed)
    people = np.repeat(np.array(persons), 2)
    true = random.uniform(0.0, 60.0, len(people)).round()
    predicted = true + random.normal(0.0, 5.0, len(people))
    return Scored(predicted, true, people, np.arange(len(people)), unit)


def classes(rows: int = 60, unit: Unit = Unit.EVENT) -> Scored:
    """Every third row of each class, right four times of five."""
    true = np.arange(rows) % 3
    said = np.where(np.arange(rows) % 5 == 0, (true + 1) % 3, true)
    probabilities = 0.1 + 0.7 * np.eye(3)[said]
    return Scored(probabilities, true, np.arange(rows) // 4, np.arange(rows), unit)


@pytest.mark.parametrize("unit", [Unit.FRAME, Unit.CLIP, Unit.FILE, Unit.SESSION])
def test_a_severity_evaluation_fits_the_manifest(unit: Unit) -> None:
    # when
    found = weigh_severity(
        severity(range(20), unit=unit), severity(range(20, 40)), SETTING, train_mean=15.3
    )

    # then
    check("evidence", found.evidence)
    check("calibration", found.calibration)
    assert (found.evidence["unit"], found.evidence["n"]) == (str(unit), 40)


@pytest.mark.parametrize("unit", [Unit.FRAME, Unit.CLIP, Unit.FILE, Unit.EVENT])
def test_a_classification_fits_the_manifest(unit: Unit) -> None:
    # when
    found = weigh_classes(classes(unit=unit), LABELS, SETTING)

    # then
    check("evidence", found.evidence)
    check("calibration", found.calibration)
    assert found.calibration is None
    assert found.evidence["chance"] == 0.333


def test_the_whole_document_is_plain_json() -> None:
    # when
    found = weigh_severity(severity(range(20)), severity(range(20, 40)), SETTING, 15.3)

    # then
    assert json.loads(json.dumps(found.document())) == found.document()


def test_the_values_are_those_of_the_fits_own_evidence() -> None:
    # given
    held_out = severity(range(20))

    # when
    ours = weigh_severity(held_out, None, SETTING, train_mean=30.0).evidence
    theirs = evidence.evidence(
        evidence.ClipScores(np.clip(held_out.predicted, 0, 63), held_out.true), train_mean=30.0
    )

    # then
    for name in ("rmse", "mae", "ccc"):
        assert ours[name]["value"] == theirs[name]["value"]
    assert ours["constant_rmse"] == theirs["constant_rmse"]


def test_without_other_persons_there_is_no_calibration() -> None:
    found = weigh_severity(severity(range(20)), None, SETTING, 15.3)

    assert found.calibration is None
    assert found.coverage is None
    assert found.document()["coverage"] is None


def test_the_coverage_is_measured_on_the_held_out_units() -> None:
    found = weigh_severity(severity(range(40)), severity(range(40, 140)), SETTING, 15.3)

    assert found.coverage is not None
    assert found.coverage.n == 80
    assert found.coverage.agrees


def test_a_person_in_calibration_and_held_out_is_refused() -> None:
    with pytest.raises(NothingToWeigh, match="person 19 is in the calibration"):
        weigh_severity(severity(range(20)), severity(range(19, 40)), SETTING, 15.3)


def test_a_score_outside_the_scale_is_weighed_as_it_is_served() -> None:
    # given an estimate of -8 where the truth is 0, and one that is right
    scores = Scored(
        np.array([-8.0, 10.0]), np.array([0.0, 10.0]), np.arange(2), np.arange(2), Unit.CLIP
    )

    # then
    assert weigh_severity(scores, None, SETTING, 5.0).evidence["rmse"]["value"] == 0.0


def test_confusion_majority_and_slices_are_beside_the_evidence() -> None:
    # given
    rows = classes()
    halves = ["day"] * 56 + ["night"] * 4

    # when
    found = weigh_classes(rows, LABELS, SETTING, {"light": halves}).document()

    # then
    assert np.sum(found["confusion"]["counts"]) == 60
    assert found["majority"] == 0.333
    assert found["slices"]["light"]["day"]["metrics"]["uar"]["value"] > 0.5
    assert found["slices"]["light"]["night"] == {"n": 4, "persons": 1, "metrics": None}


def test_probabilities_need_a_column_a_label() -> None:
    with pytest.raises(NothingToWeigh, match="2 labels want one column each"):
        weigh_classes(classes(), LABELS[:2], SETTING)


def test_calibration_error_worked_by_hand() -> None:
    # given two rows sure to 0.9, one right; one row sure to 0.6, right
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.4, 0.6]])

    # when
    found = expected_calibration_error(probabilities, np.array([0, 1, 1]))

    # then 2/3 · |0.5 - 0.9| + 1/3 · |1 - 0.6|
    assert found == pytest.approx(0.4)
