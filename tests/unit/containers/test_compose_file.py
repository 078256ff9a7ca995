"""docker-compose.yml and the Dockerfile, without an engine: valid, closed, of one mind with us."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from assessment.settings import Settings
from launch.parts import _api, _worker
from tests.containers.house import SERVICES
from tests.containers.stand_ins import PROMETHEUS, PYTHON, REDIS

PROJECT = Path(__file__).resolve().parents[3]
COMPOSE = PROJECT / "docker-compose.yml"
DOCKERFILE = (PROJECT / "Dockerfile").read_text()
OF_OTHERS = ("redis", "prometheus", "grafana")
GPU_ONLY = {"triton-gpu", "plans"}
INTERNET = {"service", "webhooks", "grafana", "training"}

Service = dict[str, Any]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load(COMPOSE.read_text())


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, Service]:
    return compose["services"]


def program(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def command_of(target: str) -> list[str]:
    """The CMD of a target of the Dockerfile."""
    stage = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)
    (text,) = [one for one in stage if re.match(rf"\S+ AS {target}\n", one)]
    return re.findall(r'"([^"]*)"', text[text.rindex("\nCMD [") :])


def test_the_file_is_one_of_the_compose_specification():
    schema = ("--builtin-schema", "vendor.compose-spec")
    done = subprocess.run([program("check-jsonschema"), *schema, COMPOSE], capture_output=True)

    assert done.returncode == 0, done.stdout.decode()


def test_the_dockerfile_has_none_of_the_known_flaws():
    done = subprocess.run([program("hadolint"), PROJECT / "Dockerfile"], capture_output=True)

    assert done.returncode == 0, done.stdout.decode()


def test_every_setting_is_one_of_ours(services: dict[str, Service]):
    known = {f"MIEN_{name}".upper() for name in Settings.model_fields}
    used = {name for one in services.values() for name in one.get("environment", {})}
    in_images = set(re.findall(r"\bMIEN_\w+", DOCKERFILE))

    assert {name for name in used if name.startswith("MIEN_")} - known == set()
    assert in_images - known == set()


def test_every_secret_is_declared_and_sets_what_we_read(compose: dict[str, Any]):
    declared, known = set(compose["secrets"]), {f"mien_{name}" for name in Settings.model_fields}
    used = [secret for one in compose["services"].values() for secret in one.get("secrets", [])]
    named = {one if isinstance(one, str) else one["source"] for one in used}
    targets = {one["target"] for one in used if isinstance(one, dict)}

    assert named == declared
    assert targets <= known


def test_every_secret_is_a_file_that_the_preparation_makes(compose: dict[str, Any]):
    preparation = (PROJECT / "deploy" / "prepare.sh").read_text()

    for name, one in compose["secrets"].items():
        assert set(one) == {"file"}
        assert re.search(rf"^secret {name}\b", preparation, flags=re.MULTILINE), name


def test_every_build_argument_and_target_is_one_of_the_dockerfile(services: dict[str, Service]):
    built = [one["build"] for one in services.values() if "build" in one]
    targets = set(re.findall(r"^FROM \S+ AS (\S+)", DOCKERFILE, flags=re.MULTILINE))
    arguments = set(re.findall(r"^ARG (\w+)", DOCKERFILE, flags=re.MULTILINE))

    assert {one["target"] for one in built} <= targets
    assert {name for one in built for name in one.get("args", {})} <= arguments


def test_nothing_runs_as_root_or_with_rights_that_it_does_not_need(services: dict[str, Service]):
    for name, one in services.items():
        assert int(str(one["user"]).split(":")[0]) > 0, name
        assert one["read_only"], name
        assert one["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in one["security_opt"], name
        assert not {"privileged", "cap_add", "devices", "network_mode", "pid"} & set(one), name
        assert not any("docker.sock" in str(volume) for volume in one.get("volumes", []))


def test_every_service_has_limits_of_memory_and_processors(services: dict[str, Service]):
    for name, one in services.items():
        assert set(one["deploy"]["resources"]["limits"]) == {"cpus", "memory"}, name


def test_a_gpu_is_asked_for_in_its_profile_only(services: dict[str, Service]):
    wants = {n for n, one in services.items() if "reservations" in one["deploy"]["resources"]}

    assert wants == GPU_ONLY
    assert all(services[name]["profiles"] == ["gpu"] for name in wants)
    assert "gpu" not in services["triton-cpu"]["profiles"]


def test_triton_waits_for_plans_of_its_own_release(services: dict[str, Service]):
    server, plans = services["triton-gpu"], services["plans"]

    assert server["depends_on"]["plans"]["condition"] == "service_completed_successfully"
    assert server["build"]["args"] == plans["build"]["args"]


def test_only_who_must_reaches_the_internet(services: dict[str, Service], compose: dict[str, Any]):
    outside = {name for name, one in services.items() if "outside" in one["networks"]}

    assert outside == INTERNET
    assert compose["networks"]["inside"] == {"internal": True}


def test_what_is_published_is_published_on_loopback(services: dict[str, Service]):
    ports = [port for one in services.values() for port in one.get("ports", [])]

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_one_command_and_another_alike_start_the_service(tmp_path: Path):
    plan = type("Plan", (), {"port": 8080})()
    embedded = [*_api(plan, "python3")]  # pyright: ignore[reportArgumentType]
    embedded[embedded.index("127.0.0.1")] = "0.0.0.0"

    assert command_of("service") == embedded
    assert command_of("worker") == [*_worker("python3")]


def test_the_stand_ins_bear_the_names_that_are_asked_for(services: dict[str, Service]):
    assert f"PYTHON_IMAGE={PYTHON}" in DOCKERFILE
    assert REDIS in services["redis"]["image"]
    assert PROMETHEUS in services["prometheus"]["image"]
    assert set(SERVICES) <= set(services)


def test_images_are_named_in_full_and_never_the_latest(services: dict[str, Service]):
    for name, one in services.items():
        assert ":" in one["image"].rsplit("/", 1)[-1], name
        assert "latest" not in one["image"], name
        assert ("build" in one) is (name not in OF_OTHERS), name
