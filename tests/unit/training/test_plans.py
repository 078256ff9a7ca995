"""TensorRT plans, all but TensorRT itself: keys, decisions, commands, comparisons, refusals."""

import hashlib
import json
import threading
from pathlib import Path

import onnx
import pytest

from tests.unit.training.plan_workshop import Workshop
from tests.unit.training.test_quantise import SIDE, convolutional, faces
from training import plans
from training.drift import SCORE_LIMITS
from training.faults import ParityFailed, PlanFailed
from training.plan_cache import only_builder
from training.quantise import Engine, quantise
from training.trtexec import find_machine


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


def test_a_plan_is_built_compared_and_put_in_place(workshop: Workshop) -> None:
    # when
    workshop.make()

    # then
    (build,) = workshop.builds()
    record = json.loads((workshop.version / "plan.json").read_text())
    assert (workshop.version / "model.plan").is_file()
    assert build["--minShapes"] == f"faces:1x{SIDE}x{SIDE}x3"
    assert build["--optShapes"] == f"faces:4x{SIDE}x{SIDE}x3"
    assert build["--maxShapes"] == f"faces:8x{SIDE}x{SIDE}x3"
    assert build["--timingCacheFile"] == str(workshop.cache / "timing-10.13.0-9.0.cache")
    assert "--fp16" in build
    assert "--int8" not in build
    assert "--skipInference" in build
    assert record["compared"]["largest"] <= 1e-6
    assert record["key"]["compute_capability"] == "9.0"
    assert "there is no plan yet" in workshop.said[0]
    assert [path.name for path in workshop.version.glob(".plan.*")] == [".plan.lock"]


def test_a_right_plan_is_left_alone(workshop: Workshop) -> None:
    # given
    workshop.make()

    # when
    workshop.make()

    # then
    assert len(workshop.builds()) == 1
    assert workshop.said[-1] == "net/1: the plan is right"


def test_another_graph_is_built_again(workshop: Workshop) -> None:
    # given
    workshop.make()

    # when
    workshop.write_network(convolutional(seed=2))
    workshop.make()

    # then
    assert len(workshop.builds()) == 2
    assert "building a plan, other onnx_sha256" in workshop.said[-2]


def test_a_plan_that_says_something_else_is_not_put_in_place(workshop: Workshop) -> None:
    # given a plan that is served, and a builder that makes scores 2 points too high
    workshop.make()
    before = (workshop.version / "model.plan").read_bytes()
    workshop.write_network(convolutional(seed=2))
    (workshop.programs / "error").write_text("2.0")

    # when
    with pytest.raises(ParityFailed, match=r"net/1: the TensorRT plan .* 0\.0317 of the range"):
        workshop.make()

    # then
    assert (workshop.version / "model.plan").read_bytes() == before
    assert [path.name for path in workshop.version.glob(".plan.*")] == [".plan.lock"]


def test_a_build_that_fails_says_what_trtexec_said_and_leaves_nothing(workshop: Workshop) -> None:
    # given
    (workshop.programs / "broken").write_text("")

    # when
    with pytest.raises(PlanFailed, match="could not find any implementation"):
        workshop.make()

    # then
    assert not (workshop.version / "model.plan").exists()
    assert not (workshop.version / "plan.json").exists()


def test_nan_is_no_agreement(workshop: Workshop) -> None:
    # given
    (workshop.programs / "error").write_text("nan")

    # then
    with pytest.raises(ParityFailed, match="differ by nan"):
        workshop.make()


def test_tensorrt_eleven_is_given_no_precision(workshop: Workshop) -> None:
    # given TensorRT 11, which takes the types from the graph
    (workshop.programs / "version").write_text("110401")

    # when
    workshop.make()

    # then
    (build,) = workshop.builds()
    assert workshop.machine().tensorrt == "11.4.1"
    assert {"--fp16", "--int8"}.isdisjoint(build)
    assert json.loads((workshop.version / "plan.json").read_text())["key"]["precision"] == "fp32"


def test_an_int8_graph_becomes_an_int8_plan(workshop: Workshop) -> None:
    # given
    content = convolutional()
    small = quantise(content, faces(1), faces(2), SCORE_LIMITS, Engine.GPU)
    workshop.write_network(small.content)

    # when
    workshop.make()

    # then
    (build,) = workshop.builds()
    assert {"--fp16", "--int8"} <= set(build)
    key = json.loads((workshop.version / "plan.json").read_text())["key"]
    assert key["precision"] == "int8+fp16"


def test_a_graph_that_is_not_its_manifests_gets_no_plan(workshop: Workshop) -> None:
    # given
    (workshop.version / "model.onnx").write_bytes(convolutional(seed=5))

    # then
    with pytest.raises(PlanFailed, match="is not the network of its manifest"):
        workshop.make()


def test_two_replicas_build_one_plan(workshop: Workshop) -> None:
    # given another replica that builds
    machine = workshop.machine()
    waiting = threading.Event()
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        waiting.set()

    def other() -> None:
        version = plans.read_version(workshop.version)
        plans.make_plan(version, machine, workshop.cache, say)

    with only_builder(workshop.version, lambda: None):
        thread = threading.Thread(target=other)
        thread.start()
        assert waiting.wait(20)
        built_meanwhile = (workshop.version / "model.plan").exists()
    # when it is done and this one goes on
    thread.join(60)

    # then
    assert not built_meanwhile
    assert "another process builds its plan, waiting" in said[0]
    assert len(workshop.builds()) == 1


def test_what_is_missing_is_said(tmp_path: Path, workshop: Workshop) -> None:
    # given no TensorRT, then no GPU, then a driver that does not answer
    (tmp_path / "empty").mkdir()
    with pytest.raises(PlanFailed, match="TensorRT is not installed: no trtexec"):
        find_machine(str(tmp_path / "empty"))
    (workshop.programs / "nvidia-smi").unlink()
    with pytest.raises(PlanFailed, match="no NVIDIA GPU: nvidia-smi is missing"):
        workshop.machine()
    workshop.write_program("nvidia-smi", "echo 'NVIDIA-SMI has failed'; exit 9")
    with pytest.raises(PlanFailed, match="ended with code 9"):
        workshop.machine()


def test_the_command_says_one_line_where_tensorrt_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setenv("PATH", str(tmp_path))

    # when
    code = plans.main(["--repository", str(tmp_path), "--cache", str(tmp_path / "cache")])

    # then
    said = capsys.readouterr().err
    assert code == 1
    assert said.startswith("plans: TensorRT is not installed: ")
    assert said.count("\n") == 1


def test_networks_are_taken_in_order_and_an_empty_repository_is_refused(tmp_path: Path) -> None:
    # given
    for name in ("b/10", "b/9", "a/1", "a/.2.half"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "model.onnx").write_bytes(b"")
    (tmp_path / "empty").mkdir()

    # then
    found = [str(folder.relative_to(tmp_path)) for folder in plans.version_folders(tmp_path)]
    assert found == ["a/1", "b/9", "b/10"]
    with pytest.raises(PlanFailed, match="make weights"):
        plans.version_folders(tmp_path / "empty")


def test_the_record_is_of_the_graph_that_is_served(workshop: Workshop) -> None:
    # when
    workshop.make()

    # then the plan was built from a rewritten graph, the key is the served one's
    served = (workshop.version / "model.onnx").read_bytes()
    key = json.loads((workshop.version / "plan.json").read_text())["key"]
    assert key["onnx_sha256"] == hashlib.sha256(served).hexdigest()
    assert onnx.load_from_string(served).graph.input[0].name == "faces"
