"""Checkpoints as served networks, and those that are of another architecture."""

from pathlib import Path

import pytest
import torch

from networks.micro_expression import MicroConfig
from networks.tensors import EXPRESSION, MICRO_EXPRESSION, SERVED
from tests.unit.training.checkpoints import network_of, save
from training.architectures import ARCHITECTURES, load_trained, served_model
from training.faults import CheckpointForeign, CheckpointUnreadable, ReleaseRefused
from training.release import Wanted, answers, release

NAME = MICRO_EXPRESSION.name


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = MicroConfig()
    return save(tmp_path_factory.mktemp("run"), network_of(1, config), config)


def test_a_checkpoint_says_what_its_network_said(checkpoint: Path) -> None:
    # given
    network = network_of(1, MicroConfig()).eval()
    motion = torch.randn((3, 28, 28, 3), generator=torch.Generator().manual_seed(2))

    # when
    trained = load_trained(checkpoint, NAME)

    # then
    with torch.inference_mode():
        expected = network(motion.permute(0, 3, 1, 2)).softmax(dim=1)
        assert torch.equal(trained.served(motion)[0], expected)
    assert trained.knobs == {"data": {"set": "drawn"}}
    assert answers(trained)["probabilities"].shape == (4, 3)


def test_a_checkpoint_of_another_network_is_named(checkpoint: Path, tmp_path: Path) -> None:
    with pytest.raises(CheckpointForeign, match="holds a Ststnet, and hmhn is a Hmhn"):
        release(Wanted(checkpoint, "hmhn"), tmp_path, print)


def test_a_checkpoint_with_other_weights_than_its_config_is_refused(tmp_path: Path) -> None:
    # given weights of four classes under a config of three
    path = save(tmp_path, network_of(1, MicroConfig(classes=4)), MicroConfig())

    # then
    with pytest.raises(CheckpointForeign, match="size mismatch"):
        load_trained(path, NAME)


def test_a_checkpoint_of_other_classes_than_are_served_is_refused(tmp_path: Path) -> None:
    # given a right checkpoint of five classes, where three are served
    config = MicroConfig(classes=5)
    path = save(tmp_path, network_of(1, config), config)

    # then
    with pytest.raises(ReleaseRefused, match=r"probabilities is \[5\] a row.*served with \[3\]"):
        release(Wanted(path, NAME), tmp_path / "repository", print)
    assert not (tmp_path / "repository").exists()


def test_a_damaged_checkpoint_is_said(tmp_path: Path) -> None:
    # given
    path = tmp_path / "best.pt"
    path.write_bytes(b"no checkpoint")

    # then
    with pytest.raises(CheckpointUnreadable, match="damaged"):
        release(Wanted(path, NAME), tmp_path / "repository", print)


def test_every_served_network_but_the_converted_one_can_be_released() -> None:
    assert {*ARCHITECTURES, EXPRESSION.name} == {model.name for model in SERVED}
    with pytest.raises(ReleaseRefused, match="expression is not trained here"):
        served_model(EXPRESSION.name)
