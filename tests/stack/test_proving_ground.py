"""Every experiment of the proving ground runs through: a smoke proves that, and nothing else."""

from pathlib import Path

import pytest

from training.evaluate import EXPERIMENTS, main
from training.files import read_json
from training.proving.finding import Finding, Scale

pytestmark = pytest.mark.stack


@pytest.mark.timeout(600)
def test_every_experiment_runs_through_and_finds_something(tmp_path: Path):
    # when
    status = main(["--smoke", "--seeds", "0", "--out", str(tmp_path / "evidence.md")])

    # then
    assert status == 0
    report = (tmp_path / "evidence.md").read_text()
    for name, experiment in EXPERIMENTS.items():
        finding = Finding.from_json(read_json(tmp_path / "evidence" / f"{name}-0.json"))
        assert finding.scale is Scale.SMOKE
        assert finding.arms
        assert finding.criteria
        assert finding.seconds > 0.0
        assert experiment.claim in report
