"""`agreement`: what an operator reads of the feedback in a data folder."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.feedback_files import FolderFeedback
from assessment.assessment import Tenant
from assessment.feedback import Feedback, Instrument
from launch.__main__ import main
from tests.unit.assessment.test_agreement import feedback, many


def run(data: Path, *more: str) -> int:
    return main(["agreement", "--data", str(data), *more], {})


def store(data: Path, *found: Feedback) -> None:
    folder = FolderFeedback(data)
    for one in found:
        folder.put(one)


def test_figures_are_printed_with_their_limits(tmp_path: Path, capsys):
    store(tmp_path, *many(40))

    assert run(tmp_path) == 0

    said = capsys.readouterr().out
    for words in ("hmhn 1", "BDI-II, n = 40", "mean absolute error", "90% promised", "bootstrap"):
        assert words in said
    assert "DEMONSTRATION" not in said


def test_too_few_pairs_say_so_and_nothing_else(tmp_path: Path, capsys):
    store(tmp_path, *many(29))

    run(tmp_path)

    said = capsys.readouterr().out
    assert "too few to say anything: it takes 30" in said
    assert "absolute" not in said


def test_json_has_null_where_nothing_can_be_said(tmp_path: Path, capsys):
    store(tmp_path, *many(5))

    run(tmp_path, "--json")

    [one] = json.loads(capsys.readouterr().out)["agreements"]
    assert one["n"] == 5
    assert one["figures"] == dict.fromkeys(("mae", "rmse", "ccc", "mean_error", "coverage"))


def test_phq_9_is_said_to_be_another_scale(tmp_path: Path, capsys):
    store(tmp_path, *many(35, instrument=Instrument.PHQ_9))

    run(tmp_path)

    said = capsys.readouterr().out
    assert "PHQ-9" in said
    assert "another scale" in said
    assert "Spearman" in said


def test_sandboxes_are_left_out_and_a_tenant_can_be_picked(tmp_path: Path, capsys):
    theirs = replace(feedback(101, 30, 28.0), tenant=Tenant("other"))
    sandbox = replace(feedback(102, 30, 28.0), tenant=Tenant("clinic/sandbox"))
    store(tmp_path, feedback(100, 10, 12.0), theirs, sandbox)

    run(tmp_path, "--json")
    everybody = json.loads(capsys.readouterr().out)
    run(tmp_path, "--json", "--tenant", "other")
    one_tenant = json.loads(capsys.readouterr().out)

    assert [one["n"] for one in everybody["agreements"]] == [2]
    assert [one["n"] for one in one_tenant["agreements"]] == [1]


@pytest.mark.parametrize("more", [("--json",), ()])
def test_an_empty_folder_has_nothing_to_say(tmp_path: Path, capsys, more):
    assert run(tmp_path, *more) == 0
    assert capsys.readouterr().out


def test_demonstration_weights_are_named_as_such(tmp_path: Path, capsys):
    one = feedback(1, 10, 12.0)
    store(tmp_path, replace(one, reported=(replace(one.reported[0], demonstration=True),)))

    run(tmp_path)

    assert "DEMONSTRATION WEIGHTS" in capsys.readouterr().out
