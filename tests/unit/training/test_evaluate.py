"""The command that runs the proving ground: it goes on where it was, and keeps what it found."""

import json
from datetime import date
from pathlib import Path

import pytest

from training.evaluate import EXPERIMENTS, kept, parse, run_all, verdict, write_report
from training.evaluation.circumstances import circumstances
from training.faults import BadFinding
from training.proving.finding import (
    Arm,
    Criterion,
    Estimate,
    Finding,
    Relation,
    Say,
    Scale,
    silent,
)


class Guess:
    """An experiment that costs nothing and counts its runs."""

    name, claim = "guess", "A guess is as good as any."

    def __init__(self) -> None:
        self.planned_seconds = {Scale.SMOKE: 1.0, Scale.FULL: 60.0}
        self.runs: list[int] = []

    def run(self, scale: Scale, seed: int, say: Say = silent) -> Finding:
        say("guessing")
        self.runs.append(seed)
        arms = (Arm("guess", "RMSE", Estimate(9.0, 8.0, 10.0), "clip", 5, 3),)
        criteria = (Criterion("the gap", Estimate(float(seed)), Relation.BELOW, 1.0),)
        return Finding(self.name, self.claim, "No data.", scale, seed, arms, criteria, 2.0)


def test_an_interrupted_run_goes_on_where_it_was(tmp_path: Path):
    # given one seed that is done
    run_all([Guess()], [0], Scale.SMOKE, tmp_path, silent)
    experiment = Guess()

    # when
    findings = run_all([experiment], [0, 1], Scale.SMOKE, tmp_path, silent)

    # then
    assert experiment.runs == [1]
    assert [finding.seed for finding in findings] == [0, 1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["guess-0.json", "guess-1.json"]


def test_what_is_planned_is_said_before_it_runs(tmp_path: Path):
    # given
    lines: list[str] = []

    # when
    run_all([Guess()], [0, 1, 2], Scale.FULL, tmp_path, lines.append)

    # then
    assert lines[0] == "1 experiments, 3 seeds: about 3 min on two cores"
    assert "guess, seed 1: the gap is 1, not < 1 (2 s)" in lines


def test_a_smoke_finding_is_not_taken_for_a_full_one(tmp_path: Path):
    # given
    run_all([Guess()], [0], Scale.SMOKE, tmp_path, silent)

    # then
    with pytest.raises(BadFinding, match=r"guess-0\.json is of another run"):
        kept(tmp_path, "guess", 0, Scale.FULL)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"experiment": 3}'])
def test_a_broken_finding_is_named(tmp_path: Path, content: str):
    # given
    (tmp_path / "guess-0.json").write_text(content)

    # then
    with pytest.raises(BadFinding, match=r"guess-0\.json is no finding"):
        kept(tmp_path, "guess", 0, Scale.FULL)


def test_a_finding_that_held_says_so():
    assert verdict(Guess().run(Scale.FULL, 0)) == "guess, seed 0: held (2 s)"


def test_the_report_is_written_from_what_was_kept(tmp_path: Path):
    # given
    run_all([Guess()], [0, 1], Scale.FULL, tmp_path / "evidence", silent)

    # when
    seen = circumstances("make evaluate", date(2026, 1, 2))
    write_report(tmp_path / "evidence", tmp_path / "evidence.md", seen)

    # then
    text = (tmp_path / "evidence.md").read_text()
    assert "A guess is as good as any." in text
    assert "the gap" in text


def test_findings_are_plain_json(tmp_path: Path):
    # when
    run_all([Guess()], [0], Scale.FULL, tmp_path, silent)

    # then
    assert json.loads((tmp_path / "guess-0.json").read_text())["held"] is True


def test_the_experiments_have_names_of_their_own_and_fit_the_budget():
    # then a seed of each within 15 minutes, of all within 90; one smoke of all within 3
    full = [experiment.planned_seconds[Scale.FULL] for experiment in EXPERIMENTS.values()]
    smoke = [experiment.planned_seconds[Scale.SMOKE] for experiment in EXPERIMENTS.values()]
    assert max(full) <= 15 * 60
    assert sum(full) <= 90 * 60
    assert sum(smoke) <= 3 * 60
    assert parse([]).seeds == [0, 1, 2]


def test_an_unknown_experiment_is_refused(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        parse(["--only", "alchemy"])
    assert "alchemy" in capsys.readouterr().err
