"""Training on a GPU, in every precision: killed and started again, it ends where it would have.

Skipped where PyTorch sees no GPU.
"""

import signal
from pathlib import Path

import pytest
import torch

from tests.unit.training.test_train_command import (
    CONFIG,
    KILLED,
    finish,
    start,
)
from training.checkpoint import read_checkpoint

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="PyTorch sees no GPU")


@pytest.mark.parametrize("precision", ["32", "16-mixed", "bf16-mixed"])
def test_a_killed_run_on_a_gpu_ends_with_the_same_weights(tmp_path: Path, precision: str) -> None:
    # given
    config, whole, killed = tmp_path / "tiny.toml", tmp_path / "whole", tmp_path / "killed"
    on_gpu = CONFIG.replace(
        'accelerator = "cpu"', f'accelerator = "cuda"\nprecision = "{precision}"'
    )
    config.write_text(on_gpu)
    unbroken = start(config, whole)

    # when
    finish(start(config, killed, "-c", KILLED), -signal.SIGKILL)
    finish(start(config, killed))
    finish(unbroken)

    # then
    ours, theirs = (read_checkpoint(folder / "best.pt")["weights"] for folder in (killed, whole))
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    assert (killed / "log.csv").read_bytes() == (whole / "log.csv").read_bytes()
