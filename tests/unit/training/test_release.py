"""From a checkpoint to the next version of a served network, and what is refused on the way."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper
from torch import nn

from networks.micro_expression import MicroConfig
from networks.tensors import MICRO_EXPRESSION, ServedModel
from tests.unit.training.checkpoints import network_of, save
from training.architectures import load_trained
from training.drift import Limits
from training.export import export, run, session
from training.faults import (
    DriftTooLarge,
    LoadRefused,
    ParityFailed,
    ReleaseRefused,
)
from training.fetch import sha256_of
from training.quantise import Engine
from training.release import Wanted, load_or_withdraw, main, parity_rows, release

NAME = MICRO_EXPRESSION.name
EVIDENCE = {
    "data": "a test",
    "protocol": "person-disjoint",
    "unit": "event",
    "n": 10,
    **{key: {"value": 0.5, "low": 0.4, "high": 0.6} for key in ("accuracy", "uf1", "uar")},
    "chance": 0.333,
}


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = MicroConfig()
    return save(tmp_path_factory.mktemp("run"), network_of(1, config), config)


@pytest.fixture(scope="module")
def exported(checkpoint: Path) -> bytes:
    trained = load_trained(checkpoint, NAME)
    return export(trained.served, trained.model)


@pytest.fixture
def made(tmp_path: Path) -> list[str]:
    """What a release said, line after line."""
    return []


def with_other_weights(content: bytes) -> bytes:
    """The graph with the last weights a little larger: a network that was not checkpointed."""
    model = onnx.load_from_string(content)
    largest = max(model.graph.initializer, key=lambda one: len(one.raw_data))
    largest.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(largest) * 1.01, largest.name))
    return model.SerializeToString()


def test_a_checkpoint_becomes_the_next_version_with_a_valid_manifest(
    checkpoint: Path, tmp_path: Path, made: list[str]
) -> None:
    # when with the real exporter
    folder = release(Wanted(checkpoint, NAME), tmp_path, made.append)

    # then
    manifest = json.loads(folder.manifest.read_text())
    assert folder.version == manifest["version"] == "2"
    assert manifest["sha256"] == sha256_of(folder.graph)
    assert manifest["built"]["source_sha256"] == sha256_of(checkpoint)
    assert 0.0 < manifest["parity"]["max_abs_difference"] <= manifest["parity"]["tolerance"] == 1e-4
    assert manifest["evidence"] is None
    assert manifest["demonstration"] is True
    assert '"drawn"' in manifest["training_data"]
    assert "agree" in made[0]

    # and the graph on disk says what the checkpoint's network says
    rows = parity_rows(MICRO_EXPRESSION)
    with torch.inference_mode():
        said = load_trained(checkpoint, NAME).served(torch.from_numpy(rows["motion"]))[0]
    found = run(session(folder.graph), rows)["probabilities"]
    np.testing.assert_allclose(found, said.numpy(), atol=1e-4)


def test_a_graph_that_says_something_else_than_its_network_leaves_nothing(
    checkpoint: Path, exported: bytes, tmp_path: Path, made: list[str]
) -> None:
    # given an exporter that spoils a weight
    def spoiling(_: nn.Module, __: ServedModel) -> bytes:
        return with_other_weights(exported)

    # then
    with pytest.raises(ParityFailed, match="PyTorch differ by"):
        release(Wanted(checkpoint, NAME), tmp_path, made.append, spoiling)
    assert list(tmp_path.iterdir()) == []


def test_evidence_and_statement_go_into_the_manifest(
    checkpoint: Path, exported: bytes, tmp_path: Path, made: list[str]
) -> None:
    # given
    evaluation, statement = tmp_path / "evaluation.json", tmp_path / "statement.json"
    digest = sha256_of(checkpoint)
    evaluation.write_text(
        json.dumps({"evidence": EVIDENCE, "calibration": None, "checkpoint_sha256": digest})
    )
    licence = {"code": "ours", "weights": "CC BY 4.0", "commercial_use": True, "source": "a study"}
    said = {"demonstration": False, "training_data": "A study.", "limits": ["Few persons."]}
    statement.write_text(json.dumps({**said, "licence": licence}))
    wanted = Wanted(checkpoint, NAME, evaluation=evaluation, statement=statement)

    # when
    folder = release(wanted, tmp_path / "repository", made.append, lambda *_: exported)

    # then
    manifest = json.loads(folder.manifest.read_text())
    assert manifest["evidence"] == EVIDENCE
    assert manifest["licence"] == licence
    assert {key: manifest[key] for key in said} == said


def test_a_manifest_that_would_not_be_valid_leaves_nothing(
    checkpoint: Path, exported: bytes, tmp_path: Path
) -> None:
    # given evidence without its numbers
    evaluation = tmp_path / "evaluation.json"
    evaluation.write_text(json.dumps({"evidence": {"data": "x"}}))
    wanted = Wanted(checkpoint, NAME, evaluation)

    # then
    with pytest.raises(ReleaseRefused, match="no valid manifest: evidence"):
        release(wanted, tmp_path / "repository", print, lambda *_: exported)
    assert not (tmp_path / "repository").exists()


def test_int8_needs_rows(checkpoint: Path, exported: bytes, tmp_path: Path) -> None:
    with pytest.raises(ReleaseRefused, match="--int8 needs --rows"):
        release(Wanted(checkpoint, NAME, int8=Engine.CPU), tmp_path, print, lambda *_: exported)


def write_rows(path: Path) -> Path:
    random = np.random.default_rng(3)
    motion = random.standard_normal((40, 28, 28, 3)).astype(np.float32)
    np.savez(path, motion=motion, persons=np.arange(40))
    return path


def test_int8_states_its_drift_and_its_speed(
    checkpoint: Path, exported: bytes, tmp_path: Path, made: list[str]
) -> None:
    # given motion of forty persons
    rows = write_rows(tmp_path / "rows.npz")
    wanted = Wanted(checkpoint, NAME, int8=Engine.GPU, rows=rows)

    # when
    folder = release(wanted, tmp_path / "repository", made.append, lambda *_: exported)

    # then
    int8 = json.loads(folder.manifest.read_text())["parity"]["int8"]
    assert 0.0 < int8["mean_drift"] <= int8["mean_limit"] == 0.02
    assert int8["held_out_rows"] == int8["calibration_rows"] == 20
    assert "QuantizeLinear" in {node.op_type for node in onnx.load(folder.graph).graph.node}
    assert "rows/s" in made[1]


def test_int8_that_drifts_leaves_nothing(
    checkpoint: Path, exported: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a limit that no INT8 meets
    rows = write_rows(tmp_path / "rows.npz")
    monkeypatch.setattr("training.drift.PROBABILITY_LIMITS", Limits(1e-9, 1e-9))
    wanted = Wanted(checkpoint, NAME, int8=Engine.CPU, rows=rows)

    # then
    with pytest.raises(DriftTooLarge, match="more than mean 1e-09"):
        release(wanted, tmp_path / "repository", print, lambda *_: exported)
    assert not (tmp_path / "repository").exists()


def test_a_version_that_no_server_loads_is_withdrawn(
    checkpoint: Path, exported: bytes, tmp_path: Path, made: list[str]
) -> None:
    # given
    folder = release(Wanted(checkpoint, NAME), tmp_path, made.append, lambda *_: exported)

    # when nothing listens there
    with pytest.raises(LoadRefused, match=r"127\.0\.0\.1:9 does not load micro_expression"):
        load_or_withdraw(folder, "127.0.0.1:9", made.append)

    # then
    assert not folder.graph.parent.exists()
    assert made[-1] == "micro_expression: version 2 was withdrawn"


def test_the_command_says_one_line_and_ends_with_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # when
    code = main(["--checkpoint", str(tmp_path / "absent.pt"), "--network", NAME])

    # then
    said = capsys.readouterr().err
    assert code == 1
    assert said.startswith("release: cannot read the checkpoint")
    assert said.count("\n") == 1
