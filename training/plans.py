"""`python -m training.plans`: TensorRT plans of the built networks, where they will be served.

    NAME/N/model.onnx ─▶ key same as plan.json's? ─ yes ─▶ left alone
                              │ no: one builder at a time
                              ▼
                  trtexec builds ─▶ outputs compared with ONNX Runtime's ─▶ NAME/N/model.plan

A plan that cannot be built, or that says something else than its graph, stops the command; the plan
that was served before stays, and nothing falls back to the CPU unasked.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import onnx

from training import plan_cache, trtexec
from training.agreement import Agreement, compare
from training.export import run, session
from training.faults import PlanFailed, TrainingFault
from training.fetch import sha256_of
from training.files import read_json
from training.plan_cache import Key
from training.plan_graphs import cast_first, is_int8
from training.plan_shapes import Profile, Shapes, probe, read_profile
from training.repository import ROOT
from training.trtexec import Build, Machine

#: How far a plan may be from ONNX Runtime on the CPU, as a share of each output's range [assumed].
FP16_TOLERANCE = 0.01
INT8_TOLERANCE = 0.03

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Version:
    """One version of one network, as far as a plan needs to know it."""

    folder: Path
    sha256: str
    profile: Profile
    is_int8: bool
    is_severity: bool

    @property
    def name(self) -> str:
        """Network and number: "hmhn/2"."""
        return f"{self.folder.parent.name}/{self.folder.name}"

    @property
    def tolerance(self) -> float:
        """How far its plan may be from its graph."""
        return INT8_TOLERANCE if self.is_int8 else FP16_TOLERANCE


def main(arguments: list[str] | None = None) -> int:
    """Build the plans that are missing or wrong; 0 when all are right, 1 with a line if not."""
    options = _options(arguments)
    try:
        machine = trtexec.find_machine()
        cache = options.cache
        cache.mkdir(parents=True, exist_ok=True)
        for folder in version_folders(options.repository):
            make_plan(read_version(folder), machine, cache, print)
    except (TrainingFault, OSError) as error:
        print(f"plans: {error}", file=sys.stderr)
        return 1
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training.plans",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    repository = ROOT / "model_repository"
    parser.add_argument(
        "--repository", type=Path, default=repository, help="the Triton model repository"
    )
    parser.add_argument(
        "--cache",
        type=Path,
        default=ROOT / "weights" / "tensorrt",
        help="where measured kernel times are kept between builds",
    )
    return parser.parse_args(arguments)


def version_folders(repository: Path) -> list[Path]:
    """Every NAME/N with a graph; raises `PlanFailed` when there is none."""
    found = [graph.parent for graph in repository.glob("*/*/model.onnx")]
    folders = [folder for folder in found if folder.name.isdecimal()]
    if not folders:
        raise PlanFailed(f"no network in {repository}: run `make weights` first")
    return sorted(folders, key=lambda folder: (folder.parent.name, int(folder.name)))


def read_version(folder: Path) -> Version:
    """What a version is; raises `PlanFailed` when its graph is not the one of its manifest."""
    graph = folder / "model.onnx"
    digest = sha256_of(graph)
    try:
        manifest = read_json(folder / "manifest.json")
    except (OSError, ValueError) as error:
        raise PlanFailed(f"no usable manifest in {folder}: {error}") from error
    if manifest.get("sha256") != digest:
        raise PlanFailed(f"{graph} is not the network of its manifest: no plan is built from it")
    return Version(
        folder,
        digest,
        read_profile(folder.parent / "config.pbtxt"),
        is_int8(onnx.load(graph)),
        manifest.get("task") == "severity",
    )


def key_of(version: Version, machine: Machine) -> Key:
    """What decides the version's plan on this machine."""
    shapes = (version.profile.smallest, version.profile.usual, version.profile.largest)
    return Key(
        onnx_sha256=version.sha256,
        tensorrt=machine.tensorrt,
        compute_capability=machine.compute_capability,
        driver=machine.driver,
        precision=precision_of(version, machine),
        shapes=" ".join(trtexec.shapes_option(shape) for shape in shapes),
    )


def precision_of(version: Version, machine: Machine) -> str:
    """The numbers that the plan may compute in."""
    usual = "fp16" if machine.has_precision_flags else "fp32"
    return f"int8+{usual}" if version.is_int8 else usual


def make_plan(version: Version, machine: Machine, cache: Path, say: Say) -> None:
    """Make the version's plan right; waits while another process builds it."""
    key = key_of(version, machine)
    with plan_cache.only_builder(
        version.folder, lambda: say(f"{version.name}: another process builds its plan, waiting")
    ):
        reason = plan_cache.reason_to_build(version.folder, key)
        if reason is None:
            say(f"{version.name}: the plan is right")
            return
        say(f"{version.name}: building a plan, {reason}")
        # On the same file system, so that the finished plan can be renamed into its place.
        with tempfile.TemporaryDirectory(dir=version.folder, prefix=".plan.") as work:
            plan = _build(version, machine, cache, Path(work))
            compared = _compare(version, machine, plan, Path(work))
            plan_cache.put_in_place(plan, version.folder, key, compared)
        say(f"{version.name}: plan in place, {compared['largest']:.2g} from its graph")


def _build(version: Version, machine: Machine, cache: Path, work: Path) -> Path:
    graph, plan = work / "graph.onnx", work / plan_cache.PLAN
    onnx.save(cast_first(onnx.load(version.folder / "model.onnx")), graph)
    timing = cache / f"timing-{machine.tensorrt}-{machine.compute_capability}.cache"
    build = Build(graph, plan, timing, version.profile, version.is_int8)
    trtexec.run(trtexec.build_command(machine, build), trtexec.BUILD_LIMIT_S)
    if not plan.is_file():
        raise PlanFailed(f"{version.name}: trtexec ended well and wrote no plan")
    return plan


def _compare(version: Version, machine: Machine, plan: Path, work: Path) -> dict[str, Any]:
    """The worse of the smallest and the usual shapes; past the tolerance, `ParityFailed`."""
    profile = version.profile
    found = [
        _agreement(version, machine, plan, shapes, work)
        for shapes in (profile.smallest, profile.usual)
    ]
    for agreement in found:
        agreement.require(f"{version.name}: the TensorRT plan and ONNX Runtime")
    return asdict(max(found, key=lambda agreement: agreement.largest))


def _agreement(
    version: Version, machine: Machine, plan: Path, shapes: Shapes, work: Path
) -> Agreement:
    rows = probe(shapes, version.profile.dtypes)
    files = {name: work / f"{name}.bin" for name in rows}
    for name, array in rows.items():
        files[name].write_bytes(array.tobytes())
    output = work / "outputs.json"
    output.unlink(missing_ok=True)
    command = trtexec.run_command(machine, plan, files, shapes, output)
    trtexec.run(command, trtexec.BUILD_LIMIT_S)
    expected = run(session(version.folder / "model.onnx"), rows)
    served = trtexec.read_outputs(output)
    ordered = {name: served[name] for name in expected if name in served}
    return compare(expected, ordered, version.tolerance, severity=version.is_severity)


if __name__ == "__main__":
    sys.exit(main())
