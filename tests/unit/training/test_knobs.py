"""Knobs: read from TOML, checked one by one, and wrong ones named."""

from pathlib import Path

import pytest
import torch

from training.faults import KnobsInvalid
from training.knobs import Knobs, knobs_from, read_knobs
from training.learners import LEARNERS, make_learner
from training.repository import ROOT

CONFIGS = sorted((ROOT / "training" / "configs").glob("*.toml"))


def test_every_trained_network_has_a_config() -> None:
    # given
    trained = {name for name in LEARNERS if not name.startswith("plain_")}

    # when
    configured = {read_knobs(path).network for path in CONFIGS if path.stem != "smoke"}

    # then
    assert configured == trained


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_shipped_config_makes_its_learner(path: Path) -> None:
    # given
    knobs = read_knobs(path)

    # when
    with torch.device("meta"):  # shapes without memory
        learner = make_learner(knobs.network, knobs.config, knobs.learner)

    # then
    assert any(parameter.requires_grad for parameter in learner.network.parameters())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("epoch = 3", r"a\.toml: 'epoch' is not a knob; did you mean 'epochs'\?"),
        ("zzz = 3", r"a\.toml: 'zzz' is not a knob; known are network, "),
        ("epochs = 'three'", r"a\.toml: epochs is 'three'"),
        ("epochs = 0", r"epochs is 0: .*greater than or equal to 1"),
        ("epochs = true", r"epochs is True"),
        ("rate = 0.0", r"rate is 0\.0"),
        ("rate = nan", r"rate is nan"),
        ("precision = '8'", r"precision is '8'"),
        ("batch = 2\nepochs = -1\nseed = 'x'", r"epochs is -1.*; seed is 'x'"),
        ("epochs = ", r"a\.toml: is not TOML"),
    ],
)
def test_a_wrong_knob_is_named_with_its_file_and_value(
    tmp_path: Path, text: str, said: str
) -> None:
    # given
    path = tmp_path / "a.toml"
    path.write_text(text)

    # when / then
    with pytest.raises(KnobsInvalid, match=said):
        read_knobs(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    # given / when / then
    with pytest.raises(KnobsInvalid, match=r"none\.toml: cannot be read"):
        read_knobs(tmp_path / "none.toml")


def test_knobs_survive_their_own_document() -> None:
    # given
    knobs = Knobs(network="expression_scn", config={"classes": 8}, rate=1)

    # when / then
    assert knobs_from(knobs.document()) == knobs


@pytest.mark.parametrize(
    ("name", "config", "options", "said"),
    [
        ("hmhm", {}, {}, "network 'hmhm' is not one of hmhn, "),
        ("hmhn", {"head": 2}, {}, r"config\.head is not a knob.*did you mean 'heads'"),
        ("hmhn", {"heads": "two"}, {}, r"config\.heads is 'two'"),
        ("hmhn", {}, {"loss": "mse"}, r"learner\.loss is not a knob.*partition_weight"),
        ("ddl_resnet50", {}, {"loss": "mse"}, r"learner\.loss is 'mse'"),
    ],
)
def test_a_wrong_part_of_a_network_is_named(
    name: str, config: dict[str, object], options: dict[str, object], said: str
) -> None:
    # given / when / then
    with pytest.raises(KnobsInvalid, match=said):
        make_learner(name, config, options)
