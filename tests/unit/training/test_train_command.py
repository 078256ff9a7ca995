"""`python -m training.train` as a person runs it: killed, started again, and told what is wrong."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from training.checkpoint import read_checkpoint
from training.repository import ROOT
from training.train import main

#: SCN on tiny drawn faces: batch norms, augmentation and new labels by row have to be found again.
CONFIG = """
network = "expression_scn"
epochs = 3
batch = 8
rate = 1e-3
trunk_rate = 1e-3
augment = true
accelerator = "cpu"
checkpoint_every_steps = 2

[config]
classes = 7

[learner]
relabel_from = 1
threshold = 0.0

[data]
source = "synthetic"
persons = 5
side = 32
"""

SMALL = """
network = "hmhn"
epochs = 1
batch = 4
accelerator = "cpu"
config = { heads = 1 }
data = { source = "synthetic", persons = 3, clips = 1, frames = 2, side = 32 }
"""


#: SIGKILL when the next file would be written after the second epoch's first checkpoint, which
#: lies in the middle of it: what was learned in between is lost.
KILLED = """
import os, signal, sys
from training import checkpoint, train

save, saved = checkpoint.CheckpointFolder.save, []

def save_or_die(folder, name, state):
    if saved:
        os.kill(os.getpid(), signal.SIGKILL)
    save(folder, name, state)
    if name == checkpoint.CHECKPOINT and len(state["records"]) == 1 and state["step"]:
        saved.append(name)

checkpoint.CheckpointFolder.save = save_or_die
sys.exit(train.main(sys.argv[1:]))
"""


def start(config: Path, folder: Path, *program: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, *(program or ("-m", "training.train"))]
    options = ["--config", str(config), "--folder", str(folder)]
    # One thread: how a sum is cut among threads must not differ between the two runs.
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}  # noqa: TID251
    return subprocess.Popen([*command, *options], cwd=ROOT, env=environment)


def finish(process: subprocess.Popen[bytes], status: int = 0) -> None:
    try:
        assert process.wait(240) == status
    finally:
        process.kill()


@pytest.mark.slow
def test_a_run_that_is_killed_in_an_epoch_and_started_again_ends_with_the_same_weights(
    tmp_path: Path,
) -> None:
    # given
    config, whole, killed = tmp_path / "tiny.toml", tmp_path / "whole", tmp_path / "killed"
    config.write_text(CONFIG)
    unbroken = start(config, whole)

    # when
    finish(start(config, killed, "-c", KILLED), -signal.SIGKILL)
    position = read_checkpoint(killed / "checkpoint.pt")
    finish(start(config, killed))
    finish(unbroken)

    # then the kill fell into an epoch, and everything is the same bit for bit
    assert (len(position["records"]), position["step"]) == (1, 2)
    for name in ("best.pt", "checkpoint.pt"):
        ours, theirs = read_checkpoint(killed / name), read_checkpoint(whole / name)
        for part in ("weights", "beside"):
            assert ours[part].keys() == theirs[part].keys()
            assert all(torch.equal(ours[part][key], theirs[part][key]) for key in ours[part])
    last = read_checkpoint(whole / "checkpoint.pt")
    assert (last["beside"]["_extra_state"] >= 0).any(), "no row got a new label"
    for name in ("log.csv", "evaluation.json", "knobs.json"):
        assert (killed / name).read_bytes() == (whole / name).read_bytes()


def test_a_run_leaves_its_knobs_its_curve_and_its_evaluation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # given
    config, folder = tmp_path / "small.toml", tmp_path / "run"
    config.write_text(SMALL)

    # when
    status = main(["--config", str(config), "--folder", str(folder)])

    # then
    assert status == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        "best.pt",
        "checkpoint.pt",
        "curve.png",
        "evaluation.json",
        "knobs.json",
        "log.csv",
    ]
    found = json.loads((folder / "evaluation.json").read_text())["evidence"]
    assert found["n"] == 2
    assert found["rmse"]["low"] <= found["rmse"]["value"] <= found["rmse"]["high"]
    assert json.loads((folder / "knobs.json").read_text())["epochs"] == 1
    assert "test rmse" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("epochz = 3", "did you mean 'epochs'"),
        ("network = 'two_stream'", "two_stream needs a data set"),
        ("data = { source = 'avec' }", "data.source is 'avec'; known are synthetic, avec2013"),
        ("data = { source = 'synthetic', person = 3 }", "data.person is not a knob"),
        ("data = { persons = 'many' }", "data.persons is 'many'"),
        ("data = { source = 'ck_plus', folder = 'x' }", "data.crops"),
        ("data = { source = 'ck_plus', folder = '/nowhere', crops = 'x' }", "/nowhere"),
    ],
)
def test_what_is_wrong_with_a_run_is_one_line(
    tmp_path: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    # given
    config = tmp_path / "wrong.toml"
    config.write_text(text)

    # when
    status = main(["--config", str(config), "--folder", str(tmp_path / "run")])

    # then
    told = capsys.readouterr().err
    assert status == 1
    assert told.count("\n") == 1
    assert said in told
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_two_devices_share_the_work_and_one_of_them_writes(tmp_path: Path) -> None:
    # given
    config, folder = tmp_path / "two.toml", tmp_path / "run"
    config.write_text("devices = 2\n" + CONFIG)

    # when
    finish(start(config, folder))

    # then
    state = read_checkpoint(folder / "checkpoint.pt")
    assert len(state["records"]) == 3
    assert (state["beside"]["_extra_state"] >= 0).any(), "no row got a new label"
    assert (folder / "evaluation.json").exists()
