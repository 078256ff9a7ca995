"""Model cards: complete, honest about what is missing, the same every time."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from networks.tensors import SERVED
from training.evaluation.card import card, main, write_cards
from training.evaluation.sources import SOURCES
from training.faults import NothingToWeigh
from training.files import read_json
from training.repository import ROOT

REPOSITORY = ROOT / "model_repository"
ESTIMATE = {"value": 7.4, "low": 5.95, "high": 8.83}
EVIDENCE = {
    "data": "invented",
    "protocol": "person-disjoint",
    "unit": "session",
    "n": 50,
    **dict.fromkeys(("rmse", "mae", "ccc"), ESTIMATE),
    "constant_rmse": 11.51,
}
CALIBRATION = {
    "method": "split_conformal",
    "data": "invented persons",
    "n": 60,
    "level": 0.9,
    "half_width": 12.34,
    "residuals": [0.0],
}
COVERAGE = {"level": 0.9, "share": 0.88, "low": 0.76, "high": 0.95, "n": 50}


def manifest(name: str = "hmhn", **changes: Any) -> dict[str, Any]:
    return {**read_json(REPOSITORY / name / "manifest.json"), **changes}


@pytest.mark.parametrize("name", [model.name for model in SERVED])
def test_every_served_network_has_a_card_with_every_part(name: str) -> None:
    # when
    text = card(manifest(name), SOURCES[name])

    # then
    headings = ["Source", "Data and licence", "Evidence", "Calibration", "Intended use", "Limits"]
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == [*headings, "Reproduce"]
    assert (ROOT / SOURCES[name].file).is_file()
    for limit in manifest(name)["limits"]:
        assert limit in text


@pytest.mark.parametrize("name", SOURCES)
def test_every_fact_carries_its_tag_of_certainty(name: str) -> None:
    for fact in SOURCES[name].facts:
        assert re.match(r"\[(sure|inferred|assumed)\] ", fact)


def test_demonstration_weights_say_so_first() -> None:
    text = card(manifest(demonstration=True), SOURCES["hmhn"])

    assert text.index("Demonstration weights") < text.index("## Source")
    assert "> **Demonstration" not in card(manifest(demonstration=False), SOURCES["hmhn"])


def test_without_evidence_nothing_is_claimed() -> None:
    text = card(manifest(evidence=None, calibration=None), SOURCES["hmhn"])

    assert "None. Nothing is claimed" in text
    assert "no interval is given" in text


def test_evidence_comes_with_interval_unit_and_the_constant() -> None:
    text = card(manifest(evidence=EVIDENCE, calibration=CALIBRATION), SOURCES["hmhn"])

    assert "| RMSE, 95 % interval | 7.40 [5.95, 8.83] |" in text
    assert "n = 50 sessions. Invented. Person-disjoint." in text
    assert "| RMSE of always saying the training mean | 11.51 |" in text
    assert "± 12.3" in text
    assert "was not recorded" in text


def test_the_measured_coverage_is_shown_where_it_was_measured() -> None:
    # given
    evaluation = {"persons": 42, "coverage": COVERAGE}

    # when
    text = card(manifest(evidence=EVIDENCE, calibration=CALIBRATION), SOURCES["hmhn"], evaluation)

    # then
    assert "Measured on held-out persons: 88 % [76, 95] of n = 50." in text
    assert "n = 50 sessions of 42 persons" in text


COVERED = {
    "sha256": "0" * 64,
    "half_width": 12.34,
    "calibrated_on": 60,
    "level": 0.9,
    "share": 0.896,
    "low": 0.874,
    "high": 0.915,
    "n": 900,
    "frames": {"4": {"level": 0.9, "share": 0.92, "low": 0.848, "high": 0.965, "n": 100}},
    "change": {
        "smallest_detectable": 31.24,
        "level": 0.95,
        "share": 0.965,
        "low": 0.929,
        "high": 0.986,
        "n": 200,
    },
    "bands": {"n": 900, "named": 640, "right": 430, "expected": 421.6},
}


def test_what_was_measured_on_new_persons_is_told_with_its_n(tmp_path: Path) -> None:
    # given
    models = repository(tmp_path / "models")
    (models / "hmhn" / "1" / "coverage.json").write_text(json.dumps(COVERED))

    # when
    write_cards(models, tmp_path / "cards")

    # then
    text = (tmp_path / "cards" / "hmhn.md").read_text()
    assert "nominal 0.9 held 0.896 [0.874, 0.915] of n = 900 new persons" in text
    assert "with 4 frames a clip: 0.920 [0.848, 0.965] of n = 100" in text
    assert "within 31.2, the smallest detectable one, in 0.965 [0.929, 0.986] of n = 200" in text
    assert "named for 640 of n = 900, and was right 430 times; its probabilities add up to 422" in (
        text
    )


@pytest.mark.parametrize("change", [{"sha256": "1" * 64}, {"half_width": 11.0}])
def test_what_was_measured_of_other_weights_is_not_told(
    change: dict[str, Any], tmp_path: Path
) -> None:
    # given
    models = repository(tmp_path / "models")
    (models / "hmhn" / "1" / "coverage.json").write_text(json.dumps({**COVERED, **change}))

    # when
    write_cards(models, tmp_path / "cards")

    # then
    assert "0.896" not in (tmp_path / "cards" / "hmhn.md").read_text()


def test_a_classifiers_evidence_names_chance() -> None:
    # given
    names = ("accuracy", "uf1", "uar")
    evidence = {**EVIDENCE, **dict.fromkeys(names, ESTIMATE), "chance": 0.333}
    for name in ("rmse", "mae", "ccc", "constant_rmse"):
        del evidence[name]

    # when
    text = card(manifest("micro_expression", evidence=evidence), SOURCES["micro_expression"])

    # then
    assert "| UF1, 95 % interval | 7.40 [5.95, 8.83] |" in text
    assert "| chance (1 / classes) | 0.33 |" in text


def repository(folder: Path) -> Path:
    """A repository with one network, built with evidence and an evaluation beside it."""
    built = folder / "hmhn" / "1"
    built.mkdir(parents=True)
    (folder / "hmhn" / "manifest.json").write_text(json.dumps(manifest()))
    measured = {
        "evidence": EVIDENCE,
        "calibration": CALIBRATION,
        "parity": {"tolerance": 1e-3, "max_abs_difference": 2e-5},
        "sha256": "0" * 64,
        "training_data": "stated with these weights",
    }
    (built / "manifest.json").write_text(json.dumps(measured))
    (built / "evaluation.json").write_text(json.dumps({"persons": 42, "coverage": COVERAGE}))
    return folder


def test_a_card_joins_what_is_written_with_what_was_measured(tmp_path: Path) -> None:
    # when
    names = write_cards(repository(tmp_path / "models"), tmp_path / "cards")

    # then
    text = (tmp_path / "cards" / "hmhn.md").read_text()
    assert names == ["hmhn"]
    assert "0" * 64 in text
    assert "88 % [76, 95]" in text
    assert "stated with these weights" in text


def test_the_newest_version_is_described(tmp_path: Path) -> None:
    # given versions 2 and 10 beside the first
    models = repository(tmp_path / "models")
    for version in ("2", "10"):
        (models / "hmhn" / version).mkdir()
        said = json.dumps({"training_data": f"said of version {version}"})
        (models / "hmhn" / version / "manifest.json").write_text(said)

    # when
    write_cards(models, tmp_path / "cards")

    # then
    assert "said of version 10" in (tmp_path / "cards" / "hmhn.md").read_text()


def test_the_same_repository_gives_the_same_bytes(tmp_path: Path) -> None:
    # given
    models = repository(tmp_path / "models")

    # when
    for out in ("one", "two"):
        assert main(["--repository", str(models), "--out", str(tmp_path / out)]) == 0

    # then
    assert (tmp_path / "one/hmhn.md").read_bytes() == (tmp_path / "two/hmhn.md").read_bytes()


def test_a_network_of_unknown_source_gets_no_card_and_no_other_does(tmp_path: Path) -> None:
    # given
    models = repository(tmp_path / "models")
    (models / "oracle").mkdir()
    (models / "oracle" / "manifest.json").write_text(json.dumps(manifest()))

    # then
    with pytest.raises(NothingToWeigh, match="oracle has no entry"):
        write_cards(models, tmp_path / "cards")
    assert not (tmp_path / "cards").exists()


def test_an_empty_repository_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--repository", str(tmp_path), "--out", str(tmp_path / "cards")]) == 1
    assert "no NAME/manifest.json" in capsys.readouterr().err
