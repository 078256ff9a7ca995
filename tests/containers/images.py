"""The images: built by Buildah from the Dockerfile, weighed, listed, and looked into."""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.containers.workshop import CannotRun, Workshop

TARGETS: Final = ("service", "worker", "triton-cpu", "training")
LIMITS_MB: Final = {"service": 250, "worker": 900}
REQUIREMENTS: Final = {
    "service": ("service",),
    "worker": ("worker", "insightface"),
    "triton-cpu": ("triton", "tritonserver"),
    "training": ("run", "insightface", "train"),
}
FORBIDDEN: Final = {
    "service": ("av", "cv2", "insightface", "numpy", "onnxruntime", "torch", "tritonclient", "pip"),
    "worker": ("torch", "pip"),
    "triton-cpu": ("torch", "pip"),
    "training": (),
}
COMPILERS: Final = ("gcc", "cc", "g++", "clang", "make", "pip", "pip3", "uv")
MEGABYTE: Final = 10**6
LOOK: Final = """
import importlib.util, json, os, shutil, sys
names, programs = json.loads(sys.argv[1])
print(json.dumps({
    "modules": [name for name in names if importlib.util.find_spec(name)],
    "programs": [name for name in programs if shutil.which(name)],
    "user": os.getuid(),
}))
"""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: bytes, and what made it."""

    size: int
    made_by: str


@dataclass(frozen=True, slots=True)
class Image:
    """An image and its layers, the base first."""

    target: str
    size: int
    layers: tuple[Layer, ...]


def name_of(target: str) -> str:
    """Return the name that the compose file asks for with `REGISTRY=localhost/`."""
    return f"localhost/mien/{target}:0.1.0"


def build(one: Workshop, project: Path, target: str) -> None:
    """Build one target; where `PIP_FIND_LINKS` names a folder, PyTorch comes from there."""
    wheels = os.environ.get("PIP_FIND_LINKS", "")  # noqa: TID251
    local = (
        ("--volume", f"{wheels}:{wheels}:ro", "--env", f"PIP_FIND_LINKS={wheels}",
         "--build-arg", "TORCH_INDEX=")
        if target == "training" and wheels and Path(wheels).is_dir()
        else ()
    )  # fmt: skip
    one.run(
        *("buildah", "bud", "--quiet", "--layers", "--format", "docker", "--target", target),
        *(*local, "--build-arg", f"REVISION={revision(one, project)}", "--tag", name_of(target)),
        ".",
        cwd=project,
        limit_s=3600,
    )


def revision(one: Workshop, project: Path) -> str:
    """Return the commit that the tree is at, if it is one."""
    done = one.attempt("git", "rev-parse", "--short", "HEAD", cwd=project)
    return done.stdout.strip() or "unknown"


def weigh(one: Workshop, target: str) -> Image:
    """Return the sizes of an image and of its layers, as `docker history` has them."""
    inspected = json.loads(one.run("podman", "image", "inspect", name_of(target)))[0]
    history = json.loads(one.run("podman", "history", "--format", "json", name_of(target)))
    layers = [Layer(int(row["size"]), said(row)) for row in reversed(history) if row["size"]]
    return Image(target, int(inspected["Size"]), tuple(layers))


def said(row: dict[str, Any]) -> str:
    """Return what made a layer, in one line."""
    words = " ".join(str(row.get("CreatedBy") or row.get("createdBy") or "the base image").split())
    words = words.replace("/bin/sh -c #(nop) ", "").removeprefix("/bin/sh -c ")
    return re.sub(r"(dir|file|multi):[0-9a-f]{64}", r"\1", words)[:96]


def table(images: list[Image]) -> str:
    """Return the sizes as a table in Markdown."""
    lines = ["| image | MB | layer |", "|---|---:|---|"]
    for image in images:
        lines.append(f"| **{image.target}** | **{image.size / MEGABYTE:.0f}** | |")
        large = (layer for layer in image.layers if layer.size > MEGABYTE / 2)
        lines += [f"| | {one.size / MEGABYTE:.1f} | `{one.made_by}` |" for one in large]
    return "\n".join(lines)


def require_light(image: Image) -> None:
    """Raise `CannotRun` when an image is over its limit."""
    limit = LIMITS_MB.get(image.target)
    if limit and image.size > limit * MEGABYTE:
        raise CannotRun(f"{image.target} has {image.size / MEGABYTE:.0f} MB, over {limit}")


def require_bare(one: Workshop, target: str) -> None:
    """Raise `CannotRun` for a compiler, pip, code that has no place there, or root."""
    programs = () if target == "training" else COMPILERS
    asked = json.dumps([FORBIDDEN[target], programs])
    run = ("podman", "run", "--rm", "--network", "none", "--read-only", name_of(target))
    found = json.loads(one.run(*run, "python3", "-c", LOOK, asked))
    if found["modules"] or found["programs"] or found["user"] == 0:
        raise CannotRun(f"{target} carries what it must not: {found}")


def write_sbom(one: Workshop, project: Path, target: str, folder: Path) -> Path:
    """Write what the image was installed from, with hashes, as a CycloneDX document."""
    document = folder / f"{target}.cdx.json"
    joined = folder / f"{target}.txt"
    texts = [
        (project / "requirements" / f"{name}.txt").read_text() for name in REQUIREMENTS[target]
    ]
    joined.write_text("\n".join(texts))
    one.run("cyclonedx-py", "requirements", "--output-file", document, joined)
    joined.unlink()
    return document


def require_listed(one: Workshop, target: str, sbom: Path) -> int:
    """Raise `CannotRun` when the image has a package that its list has not; return their number."""
    lister = "import importlib.metadata as m; print(*{d.name.lower() for d in m.distributions()})"
    run = ("podman", "run", "--rm", "--network", "none", name_of(target), "python3", "-c", lister)
    installed = {plain(name) for name in one.run(*run).split()}
    listed = {plain(part["name"]) for part in json.loads(sbom.read_text())["components"]}
    unlisted = installed - listed - {"torch", "pip"}
    if unlisted:
        raise CannotRun(
            f"{target} has packages that its SBOM has not: {', '.join(sorted(unlisted))}"
        )
    return len(installed)


def plain(name: str) -> str:
    """Return a package's name in the one spelling that indexes compare."""
    return name.lower().replace("_", "-").replace(".", "-")
