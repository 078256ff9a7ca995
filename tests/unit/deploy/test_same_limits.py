"""Compose and Kubernetes give the same parts the same memory, and as long to stop as they need."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from launch.triton_control import EXIT_LIMIT_S

PROJECT = Path(__file__).resolve().parents[3]
KUBERNETES = PROJECT / "deploy" / "kubernetes"
WORKLOADS = ("Deployment", "StatefulSet", "Job")
ELSEWHERE = {"triton": "triton-cpu", "networks": "training"}
"""What Compose calls the containers that Kubernetes calls otherwise."""
ON_A_GPU = {"triton": "triton-gpu", "plans": "plans"}
UNITS = {"m": 2**20, "Mi": 2**20, "g": 2**30, "Gi": 2**30}
HEADWAY_S = 5
"""From the end of the waiting to the end of the process: it has its models to unload."""


def byte_count(said: str) -> int:
    number, unit = re.fullmatch(r"(\d+)(\D+)", said).groups()  # pyright: ignore[reportOptionalMemberAccess]
    return int(number) * UNITS[unit]


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return yaml.safe_load((PROJECT / "docker-compose.yml").read_text())["services"]


def pods(*files: Path) -> Iterator[dict[str, Any]]:
    for file in files:
        for one in yaml.safe_load_all(file.read_text()):
            if one and one["kind"] in WORKLOADS:
                yield one["spec"]["template"]["spec"]


def memory_of(pod: dict[str, Any]) -> dict[str, int]:
    return {
        one["name"]: byte_count(one["resources"]["limits"]["memory"])
        for one in [*pod.get("initContainers", []), *pod["containers"]]
        if "resources" in one
    }


def memory_in(services: dict[str, Any], name: str) -> int:
    return byte_count(services[name]["deploy"]["resources"]["limits"]["memory"])


def test_every_part_has_the_same_memory_in_both(services: dict[str, Any]):
    base = [*KUBERNETES.glob("base/*.yaml"), KUBERNETES / "networks" / "job.yaml"]
    found = {name: most for pod in pods(*base) for name, most in memory_of(pod).items()}

    assert set(found) >= {"redis", "service", "worker", "webhooks", "sweeper", "triton"}
    for name, most in found.items():
        assert most == memory_in(services, ELSEWHERE.get(name, name)), name


def test_so_has_what_needs_a_gpu(services: dict[str, Any]):
    (pod,) = pods(KUBERNETES / "overlays" / "gpu" / "triton.yaml")
    found = memory_of(pod)

    assert set(found) == set(ON_A_GPU)
    for name, most in found.items():
        assert most == memory_in(services, ON_A_GPU[name]), name


def test_tritons_shared_memory_is_the_same(services: dict[str, Any]):
    (pod,) = pods(KUBERNETES / "base" / "triton.yaml")
    (volume,) = [one for one in pod["volumes"] if one["name"] == "shared-memory"]

    for name in ("triton-cpu", "triton-gpu"):
        assert byte_count(services[name]["shm_size"]) == byte_count(volume["emptyDir"]["sizeLimit"])


def test_nobody_kills_a_triton_that_still_waits_for_requests(services: dict[str, Any]):
    (pod,) = pods(KUBERNETES / "base" / "triton.yaml")
    (container,) = pod["containers"]
    pause_s = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
    graces = [int(services[n]["stop_grace_period"][:-1]) for n in ("triton-cpu", "triton-gpu")]

    assert min(graces) >= EXIT_LIMIT_S + HEADWAY_S
    assert pod["terminationGracePeriodSeconds"] >= pause_s + EXIT_LIMIT_S + HEADWAY_S
