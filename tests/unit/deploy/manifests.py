"""The manifests of `deploy/kubernetes` as Kustomize renders them, and ways to look at them."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parents[3]
FOLDER = PROJECT / "deploy" / "kubernetes"
WORKLOADS = ("Deployment", "StatefulSet", "Job")

Resource = dict[str, Any]


def renderer() -> list[str] | None:
    """The command that renders a folder, whichever of the two programs is there."""
    if shutil.which("kustomize"):
        return ["kustomize", "build"]
    return ["kubectl", "kustomize"] if shutil.which("kubectl") else None


@cache
def rendered(folder: str) -> tuple[Resource, ...]:
    """Every resource of a folder."""
    command = renderer()
    assert command is not None
    ran = subprocess.run(
        [*command, str(FOLDER / folder)], capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    return tuple(yaml.safe_load_all(ran.stdout))


def of_kind(resources: tuple[Resource, ...], *kinds: str) -> list[Resource]:
    return [one for one in resources if one["kind"] in kinds]


def named(resources: tuple[Resource, ...], kind: str, name: str) -> Resource:
    (one,) = [one for one in of_kind(resources, kind) if one["metadata"]["name"] == name]
    return one


@dataclass(frozen=True)
class Container:
    """A container and the pod that it is in."""

    workload: str
    pod: Resource
    raw: Resource
    first: bool = False
    """Whether it runs before the others, to its end."""

    @property
    def said(self) -> str:
        return f"{self.workload}/{self.raw['name']}"

    @property
    def volumes(self) -> dict[str, Resource]:
        return {one["name"]: one for one in self.pod.get("volumes", [])}


def containers(resources: tuple[Resource, ...]) -> Iterator[Container]:
    for workload in of_kind(resources, *WORKLOADS):
        name, pod = workload["metadata"]["name"], workload["spec"]["template"]["spec"]
        for raw in pod.get("initContainers", []):
            yield Container(name, pod, raw, first=True)
        for raw in pod["containers"]:
            yield Container(name, pod, raw, first=workload["kind"] == "Job")


def labels_of(workload: Resource) -> dict[str, str]:
    return workload["spec"]["template"]["metadata"]["labels"]


def matches(selector: Resource, labels: dict[str, str]) -> bool:
    """Whether a label selector chooses what has these labels."""
    equal = all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())
    listed = all(
        one["operator"] == "In" and labels.get(one["key"]) in one["values"]
        for one in selector.get("matchExpressions", [])
    )
    return equal and listed
