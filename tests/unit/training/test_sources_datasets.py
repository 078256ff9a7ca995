"""A data set as the examples of a network, and a whole run on one."""

from pathlib import Path

import pytest

from tests.unit.training.datasets.layouts import fer2013_csv, fer2013_row
from training.datasets.registry import DATASETS
from training.datasets.splits import Protocol
from training.files import read_json
from training.sources_datasets import CropOptions, read_data_set
from training.train import main

USAGES = ["Training"] * 12 + ["PublicTest"] * 4 + ["PrivateTest"] * 4


def a_small_fer2013(folder: Path) -> Path:
    folder.mkdir()
    fer2013_csv(
        folder,
        [fer2013_row(str(i % 7), usage, level=10 * i) for i, usage in enumerate(USAGES)],
    )
    return folder


def options(tmp_path: Path, protocol: Protocol) -> CropOptions:
    return CropOptions(a_small_fer2013(tmp_path / "fer"), tmp_path / "crops", protocol, side=32)


def test_the_honest_protocol_keeps_the_published_parts_and_says_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    sources = read_data_set(
        "expression_scn", DATASETS["fer2013"], options(tmp_path, Protocol.HONEST), 1
    )

    assert sources.development is not None
    assert [len(sources.train), len(sources.development), len(sources.test)] == [12, 4, 4]
    assert sources.train.inputs["faces"].shape[1:] == (32, 32, 3)
    assert capsys.readouterr().err == ""


def test_the_literatures_protocol_is_warned_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    sources = read_data_set(
        "expression_scn", DATASETS["fer2013"], options(tmp_path, Protocol.LITERATURE), 1
    )

    assert "warning: protocol `literature` leaks" in capsys.readouterr().err
    assert "leaky" in sources.setting.protocol


def test_a_run_on_a_data_set_ends_in_its_evaluation(tmp_path: Path):
    chosen = options(tmp_path, Protocol.HONEST)
    config = tmp_path / "tiny.toml"
    config.write_text(
        'network = "plain_classes"\nepochs = 1\nbatch = 4\naccelerator = "cpu"\n'
        '[config]\ntrunk = "resnet18"\noutputs = 7\n'
        f'[data]\nsource = "fer2013"\nfolder = "{chosen.folder}"\ncrops = "{chosen.crops}"\n'
        "side = 32\n"
    )

    status = main(["--config", str(config), "--folder", str(tmp_path / "run")])

    evidence = read_json(tmp_path / "run" / "evaluation.json")["evidence"]
    assert status == 0
    assert (evidence["data"], evidence["unit"], evidence["n"]) == ("fer2013", "frame", 4)
    assert 0 <= evidence["accuracy"]["value"] <= 1
