"""What each part is started with."""

from pathlib import Path

import pytest

from launch.parts import STOP_ORDER, Plan, TritonPorts, application_parts, bare_environment
from launch.redis_server import redis_part
from launch.triton_server import TritonWheel, triton_part

CALLER = {
    "PATH": "/usr/bin",
    "HOME": "/home/someone",
    "OMP_NUM_THREADS": "2",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "MIEN_LEASE_S": "5",
    "MIEN_DATA": "/elsewhere",
    "MIEN_API_KEY": "sk_live_callers",
}


def plan(caller: dict[str, str] | None = None) -> Plan:
    return Plan(
        project=Path("/project"),
        data=Path("/data"),
        runtime=Path("/run/mien-x"),
        port=8080,
        triton_ports=TritonPorts(1, 2, 3),
        triton_environment=Path("/project/.venv-triton"),
        api_key="sk_live_ours",
        caller=CALLER if caller is None else caller,
    )


def test_the_stack_decides_where_things_are_and_the_caller_keeps_the_other_settings() -> None:
    environment = application_parts(plan())[0].environment

    assert environment["MIEN_DATA"] == "/data"
    assert environment["MIEN_REDIS_URL"] == "unix:///run/mien-x/redis.sock?db=0"
    assert environment["MIEN_TRITON_URL"] == "127.0.0.1:2"
    assert environment["MIEN_API_KEY"] == "sk_live_ours"
    assert environment["MIEN_LEASE_S"] == "5"
    assert environment["MIEN_MODE"] == "research"
    assert environment["MIEN_CALLBACK_ALLOW_LOOPBACK"] == "true"


def test_the_caller_chooses_mode_models_and_detector() -> None:
    chosen = {"MIEN_MODE": "production", "MIEN_MODEL_REPOSITORY": "/m", "MIEN_DETECTOR": "d.onnx"}

    environment = application_parts(plan(chosen))[0].environment

    assert environment["MIEN_MODE"] == "production"
    assert environment["MIEN_MODEL_REPOSITORY"] == "/m"
    assert environment["MIEN_DETECTOR"] == "/project/d.onnx"


def test_only_a_few_names_are_passed_on() -> None:
    environment = bare_environment(CALLER)

    assert environment == {
        "PATH": "/usr/bin",
        "HOME": "/home/someone",
        "OMP_NUM_THREADS": "2",
        "PYTHONUNBUFFERED": "1",
    }


def test_redis_and_triton_know_no_key() -> None:
    wheel = TritonWheel(Path("/venv"), Path("/venv/lib/python3.11/site-packages"), "3.11")

    redis = redis_part(Path("/redis-server"), plan())
    triton = triton_part(wheel, Path("/backends"), Path("/lib"), plan())

    for part in (redis, triton):
        assert "sk_live" not in str(part)
        assert not any(name.startswith("MIEN_") for name in part.environment)


def test_redis_listens_on_its_socket_only_and_forgets_nothing() -> None:
    command = redis_part(Path("/redis-server"), plan()).command
    settings = dict(zip(command[1::2], command[2::2], strict=True))

    assert settings["--port"] == "0"
    assert settings["--unixsocket"] == "/run/mien-x/redis.sock"
    assert settings["--appendonly"] == "yes"
    assert settings["--save"] == ""
    assert settings["--maxmemory-policy"] == "noeviction"


def test_triton_starts_whole_or_not_at_all_and_listens_on_loopback() -> None:
    wheel = TritonWheel(Path("/venv"), Path("/venv/lib/python3.11/site-packages"), "3.11")

    part = triton_part(wheel, Path("/backends"), Path("/lib"), plan())

    assert {
        "--model-repository=/project/model_repository",
        "--model-config-name=cpu",
        "--model-control-mode=explicit",
        "--exit-on-error=true",
        "--http-address=127.0.0.1",
        "--grpc-address=127.0.0.1",
        "--grpc-port=2",
        "--metrics-address=127.0.0.1",
    } <= set(part.command)
    assert part.environment["PATH"].startswith("/venv/bin:")
    assert part.environment["LD_LIBRARY_PATH"].startswith("/lib:")


def test_every_part_has_its_place_in_the_stop_order() -> None:
    names = {part.name for part in application_parts(plan())} | {"redis", "triton"}

    assert sorted(name for group in STOP_ORDER for name in group) == sorted(names)


def test_what_measures_leaves_the_processor_to_what_answers() -> None:
    wheel = TritonWheel(Path("/venv"), Path("/venv/lib/python3.11/site-packages"), "3.11")

    parts = [*application_parts(plan()), triton_part(wheel, Path("/b"), Path("/lib"), plan())]

    yielding = {part.name for part in parts if part.niceness}
    assert yielding == {"worker", "triton"}


def test_a_plan_does_not_show_its_key() -> None:
    assert "sk_live" not in repr(plan())


@pytest.mark.parametrize("module", ["webhooks", "sweeper"])
def test_the_loops_are_parts_of_the_worker_package(module: str) -> None:
    commands = {part.name: part.command for part in application_parts(plan(), python="python")}

    assert commands[module] == ("python", "-m", "worker", module)
