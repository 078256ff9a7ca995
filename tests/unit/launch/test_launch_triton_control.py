"""Which models Triton is told to load, and what guards later loads."""

import json
from pathlib import Path

import pytest

from launch.embedded import plan_for, require_models
from launch.parts import Plan
from launch.triton_control import KEY_HEADER, built_models, control_options, write_control_file
from training.loading import find_server


def configure(repository: Path, name: str, *versions: str) -> None:
    (repository / name).mkdir(parents=True)
    (repository / name / "config.pbtxt").write_text("")
    for version in versions:
        (repository / name / version).mkdir()
        (repository / name / version / "model.onnx").write_bytes(b"graph")


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    with plan_for(tmp_path, tmp_path / "data", None, None, {}) as made:
        return made


def test_networks_with_any_version_are_loaded_and_the_others_are_not(tmp_path: Path) -> None:
    # given
    configure(tmp_path, "first", "1")
    configure(tmp_path, "second", "3")
    configure(tmp_path, "without")
    configure(tmp_path, "unfinished", ".2.abc")
    (tmp_path / "empty_version" / "1").mkdir(parents=True)
    (tmp_path / "empty_version" / "config.pbtxt").write_text("")

    # then
    assert built_models(tmp_path) == ("first", "second")


def test_what_is_built_is_loaded_by_name_and_the_rest_needs_the_key(plan: Plan) -> None:
    # given
    configure(plan.model_repository, "first", "1")

    # when
    options = control_options(built_models(plan.model_repository), plan.control_key)

    # then
    restriction = f"model-repository:{KEY_HEADER}={plan.control_key}"
    assert "--model-control-mode=explicit" in options
    assert [one for one in options if one.startswith("--load-model")] == ["--load-model=first"]
    assert f"--grpc-restricted-protocol={restriction}" in options
    assert f"--http-restricted-api={restriction}" in options


def test_a_network_without_weights_does_not_keep_the_stack_from_starting(plan: Plan) -> None:
    # given
    configure(plan.model_repository, "first", "1")
    configure(plan.model_repository, "without")
    plan.detector.parent.mkdir()
    plan.detector.write_bytes(b"")

    # then no fault
    require_models(plan)


def test_the_key_is_new_for_every_stack_and_not_shown(tmp_path: Path, plan: Plan) -> None:
    # given
    with plan_for(tmp_path, tmp_path / "other", None, None, {}) as other:
        pass

    # then
    assert other.control_key != plan.control_key
    assert len(plan.control_key) >= 43
    assert plan.control_key not in repr(plan)


def test_the_control_file_is_the_owners_alone_and_tells_where_to_load(plan: Plan) -> None:
    # given an older one that anybody may read
    path = plan.data / "triton" / "control.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"key": "old"}))
    path.chmod(0o644)

    # when
    written = write_control_file(plan)

    # then
    server = find_server(str(written))
    assert written == path
    assert path.stat().st_mode & 0o777 == 0o600
    assert server.address == plan.triton_url
    assert server.headers == {f"triton-grpc-protocol-{KEY_HEADER}": plan.control_key}
