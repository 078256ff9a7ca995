"""What a release says of its weights, and what it may not claim."""

import json
from pathlib import Path
from typing import Any

import pytest

from training.faults import ReleaseRefused
from training.repository import Measured, ModelFolder
from training.statement import read_evaluation, require_valid, stated_parts

STATIC = ModelFolder(Path(), "hmhn").static()
LICENCE = {"code": "ours", "weights": "CC BY 4.0", "commercial_use": True, "source": "a study"}
KNOWN = {"training_data": "A study.", "limits": ["Few persons."], "licence": LICENCE}
EVIDENCE = {"data": "a test"}
DIGEST = "d" * 64


def test_without_a_statement_nothing_is_claimed() -> None:
    # when
    parts = stated_parts(STATIC, None, None, {"data": {"set": "avec2014"}})

    # then
    assert parts["demonstration"] is True
    assert parts["licence"]["commercial_use"] is False
    assert "not stated" in parts["licence"]["weights"]
    assert "Not stated" in parts["training_data"]
    assert "avec2014" in parts["training_data"]


def test_weights_that_are_known_and_measured_may_be_more_than_a_demonstration() -> None:
    # when
    parts = stated_parts(STATIC, {**KNOWN, "demonstration": False}, EVIDENCE, {})

    # then
    assert parts == {**KNOWN, "demonstration": False}


@pytest.mark.parametrize(
    ("statement", "evidence", "reason"),
    [
        ({"demonstration": False}, None, r"without training_data, limits, licence, evidence"),
        ({**KNOWN, "demonstration": False}, None, r"without evidence \(--evaluation\) can only"),
        ({"demonstration": False, "limits": ["x"]}, EVIDENCE, "without training_data, licence can"),
        ({"sha256": "0", "evidence": EVIDENCE}, None, "and not evidence, sha256"),
    ],
)
def test_more_than_is_known_cannot_be_claimed(statement: Any, evidence: Any, reason: str) -> None:
    with pytest.raises(ReleaseRefused, match=reason):
        stated_parts(STATIC, statement, evidence, {})


def write(folder: Path, document: Any) -> Path:
    path = folder / "evaluation.json"
    path.write_text(json.dumps(document))
    return path


def test_evidence_and_calibration_are_read_for_this_checkpoint_only(tmp_path: Path) -> None:
    # given an evaluation that says which checkpoint it weighed, and one that does not
    document = {"evidence": EVIDENCE, "calibration": {"n": 1}, "slices": {}}
    silent = read_evaluation(write(tmp_path, document), DIGEST)
    right = read_evaluation(write(tmp_path, {**document, "checkpoint_sha256": DIGEST}), DIGEST)

    # then
    assert silent == right == (EVIDENCE, {"n": 1})
    assert read_evaluation(None, DIGEST) == (None, None)
    with pytest.raises(ReleaseRefused, match="is of another checkpoint"):
        read_evaluation(write(tmp_path, {**document, "checkpoint_sha256": "0"}), DIGEST)


@pytest.mark.parametrize(
    ("document", "reason"),
    [({"calibration": None}, "has no evidence"), (["evidence"], "no JSON object")],
)
def test_what_is_no_evaluation_is_said(tmp_path: Path, document: Any, reason: str) -> None:
    with pytest.raises(ReleaseRefused, match=reason):
        read_evaluation(write(tmp_path, document), DIGEST)


def test_a_missing_evaluation_is_said(tmp_path: Path) -> None:
    with pytest.raises(ReleaseRefused, match="cannot read the evaluation"):
        read_evaluation(tmp_path / "absent.json", DIGEST)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("limits", []),
        ("demonstration", "no"),
        ("licence", {**LICENCE, "commercial_use": "maybe"}),
        ("evidence", EVIDENCE),
    ],
)
def test_an_invalid_manifest_is_refused_by_its_part(part: str, value: Any) -> None:
    # given a whole manifest, then one part of it wrong
    parity = {"tolerance": 1e-4, "max_abs_difference": 0.0, "scaled": True}
    measured = Measured(None, None, parity, "2.0", 1.0)
    manifest = ModelFolder(Path(), "hmhn", "2").complete(b"graph", "a" * 64, measured)
    require_valid(manifest)

    # then
    with pytest.raises(ReleaseRefused, match=f"no valid manifest: {part}"):
        require_valid({**manifest, part: value})
