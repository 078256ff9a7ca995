"""Triton as its containers start it, and plans that are of another machine."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from launch.triton_image import CPU, GPU, command, control_key, main, models_of
from launch.triton_plans import Engine, PlanMisfit, banner_number, planned_models, this_engine

HERE = Engine("&&&& RUNNING TensorRT.trtexec [TensorRT v101300] # trtexec\n", "9.0")


def network(repository: Path, name: str, *files: str) -> Path:
    version = repository / name / "1"
    version.mkdir(parents=True)
    (repository / name / "config.pbtxt").touch()
    for file in files:
        (version / file).touch()
    return version


def planned(repository: Path, *, tensorrt: str = "10.13.0", capability: str = "9.0") -> Path:
    version = network(repository, "hmhn", "model.onnx", "model.plan")
    key = {"tensorrt": tensorrt, "compute_capability": capability}
    (version / "plan.json").write_text(json.dumps({"key": key}))
    return version


def test_on_processors_what_is_built_is_loaded(tmp_path: Path):
    network(tmp_path, "hmhn", "model.onnx")
    network(tmp_path, "two_stream")

    line = command(CPU, models_of(CPU, tmp_path), "word", tmp_path)

    assert [one for one in line if one.startswith("--load-model")] == ["--load-model=hmhn"]
    assert "--model-config-name=cpu" in line
    assert "--http-restricted-api=model-repository:mien-control-key=word" in line


def test_nothing_built_is_told_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        main([CPU, "--repository", str(tmp_path)])

    assert ended.value.code == 78
    assert "no network in" in capsys.readouterr().err


def test_the_server_takes_the_place_of_the_process(tmp_path: Path):
    network(tmp_path, "hmhn", "model.onnx")
    server = tmp_path / "bin" / "tritonserver"
    server.parent.mkdir()
    server.write_text('#!/bin/sh\necho "$$" "$@"\n')
    server.chmod(server.stat().st_mode | stat.S_IXUSR)

    started = subprocess.Popen(
        [sys.executable, "-m", "launch.triton_image", CPU, "--repository", str(tmp_path)],
        env={"PATH": f"{server.parent}:{os.defpath}"},
        stdout=subprocess.PIPE,
        text=True,
    )
    said, _ = started.communicate(timeout=60)

    assert said.startswith(f"{started.pid} --model-repository={tmp_path}")


def test_a_key_is_read_from_its_secret_and_otherwise_known_to_nobody(tmp_path: Path):
    secret = tmp_path / "key"
    secret.write_text("word\n")

    assert control_key(secret) == "word"
    assert len({control_key(tmp_path / "absent") for _ in range(2)}) == 2


def test_plans_of_this_machine_are_served(tmp_path: Path):
    planned(tmp_path)

    assert planned_models(tmp_path, HERE) == ("hmhn",)


@pytest.mark.parametrize(
    ("said", "other"),
    [
        ("TensorRT 10.9.0, and this image has another", {"tensorrt": "10.9.0"}),
        ("compute capability 8.6, and this one has 9.0", {"capability": "8.6"}),
    ],
)
def test_a_plan_of_another_release_or_gpu_is_refused_by_name(
    tmp_path: Path, said: str, other: dict[str, str]
):
    planned(tmp_path, **other)

    with pytest.raises(PlanMisfit, match=said) as refused:
        planned_models(tmp_path, HERE)

    assert "hmhn/1" in str(refused.value)
    assert "run the plans container" in str(refused.value)


def test_a_plan_without_a_record_is_refused(tmp_path: Path):
    (planned(tmp_path) / "plan.json").write_text("{")

    with pytest.raises(PlanMisfit, match="nothing says what the plan of hmhn/1 was built for"):
        planned_models(tmp_path, HERE)


def test_without_plans_nothing_is_served_by_processors_unasked(tmp_path: Path):
    network(tmp_path, "hmhn", "model.onnx")

    with pytest.raises(PlanMisfit, match="no TensorRT plan"):
        models_of(GPU, tmp_path)


def test_a_machine_without_tensorrt_says_what_it_needs(tmp_path: Path):
    with pytest.raises(PlanMisfit, match="needs an NVIDIA GPU"):
        this_engine(str(tmp_path / "trtexec"))


@pytest.mark.parametrize(
    ("version", "number"), [("10.13.0", "101300"), ("10.9.0", "100900"), ("8.6.1", "8601")]
)
def test_versions_are_written_as_trtexec_does(version: str, number: str):
    assert banner_number(version) == number
