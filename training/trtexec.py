"""TensorRT through its own program: what machine this is, what to run, what came out.

    nvidia-smi ─▶ compute capability, driver        trtexec --onnx …       ─▶ plan
    trtexec    ─▶ TensorRT's version                trtexec --loadEngine … ─▶ outputs as JSON

`trtexec` lies in NVIDIA's TensorRT and Triton images, so that nothing has to be installed beside
them. The command lines follow its documentation for TensorRT 10 and 11; no TensorRT was at hand
when this was written, so the builds themselves are not measured.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.faults import PlanFailed
from training.plan_shapes import Profile, Shapes

#: Where NVIDIA's images keep it, off the PATH.
USUAL_PLACE = Path("/usr/src/tensorrt/bin/trtexec")

ASK_LIMIT_S = 60
BUILD_LIMIT_S = 3600
WORKSPACE_MIB = 4096

_BANNER = re.compile(r"\[TensorRT v(\d+)\]")


@dataclass(frozen=True, slots=True)
class Machine:
    """What a plan is built with and for."""

    trtexec: Path
    tensorrt: str  # "10.13.0"
    compute_capability: str  # "9.0"
    driver: str

    @property
    def has_precision_flags(self) -> bool:
        """TensorRT 11 takes the types from the graph alone: --fp16 and --int8 are gone."""
        return int(self.tensorrt.partition(".")[0]) < 11


def find_machine(path: str | None = None) -> Machine:
    """This machine's TensorRT and first GPU; raises `PlanFailed` saying which is missing."""
    found = shutil.which("trtexec", path=path)
    program = Path(found) if found else USUAL_PLACE
    if not program.is_file():
        raise PlanFailed(
            "TensorRT is not installed: no trtexec on PATH or in /usr/src/tensorrt/bin. Build plans"
            " on the machine that serves them, in NVIDIA's image of the same release as Triton's"
        )
    smi = shutil.which("nvidia-smi", path=path)
    if smi is None:
        raise PlanFailed("no NVIDIA GPU: nvidia-smi is missing, and a plan fits one GPU only")
    asked = [smi, "--query-gpu=compute_cap,driver_version", "--format=csv,noheader", "--id=0"]
    capability, _, driver = run(asked, ASK_LIMIT_S).strip().partition(", ")
    if not re.fullmatch(r"\d+\.\d+", capability) or not driver:
        raise PlanFailed(f"nvidia-smi does not say what GPU this is: {capability!r}")
    banner = run([str(program), "--help"], ASK_LIMIT_S)
    return Machine(program, read_version(banner), capability, driver)


def read_version(banner: str) -> str:
    """The version in trtexec's first line: v101300 is 10.13.0, v8601 is 8.6.1."""
    match = _BANNER.search(banner)
    if match is None:
        raise PlanFailed("trtexec does not say which TensorRT it belongs to")
    number = int(match[1])
    if number < 10_000:
        return f"{number // 1000}.{number // 100 % 10}.{number % 100}"
    return f"{number // 10_000}.{number // 100 % 100}.{number % 100}"


@dataclass(frozen=True, slots=True)
class Build:
    """One plan to build."""

    onnx: Path
    plan: Path
    timing_cache: Path
    profile: Profile
    is_int8: bool


def build_command(machine: Machine, build: Build) -> list[str]:
    """How trtexec builds a plan: FP16 where it helps, INT8 where the graph says so [not measured].

    With TensorRT 11 an FP32 graph stays FP32 (TF32 inside), as no flag can say otherwise.
    """
    precision = ["--fp16", *(["--int8"] if build.is_int8 else [])]
    return [
        str(machine.trtexec),
        f"--onnx={build.onnx}",
        f"--saveEngine={build.plan}",
        f"--timingCacheFile={build.timing_cache}",
        f"--memPoolSize=workspace:{WORKSPACE_MIB}",
        f"--minShapes={shapes_option(build.profile.smallest)}",
        f"--optShapes={shapes_option(build.profile.usual)}",
        f"--maxShapes={shapes_option(build.profile.largest)}",
        *(precision if machine.has_precision_flags else []),
        "--skipInference",
    ]


def run_command(
    machine: Machine, plan: Path, inputs: Mapping[str, Path], shapes: Shapes, output: Path
) -> list[str]:
    """How trtexec runs a plan once on given inputs, raw bytes in files [not measured]."""
    loaded = ",".join(f"{name}:{path}" for name, path in inputs.items())
    return [
        str(machine.trtexec),
        f"--loadEngine={plan}",
        f"--shapes={shapes_option(shapes)}",
        f"--loadInputs={loaded}",
        f"--exportOutput={output}",
        *("--iterations=1", "--warmUp=0", "--duration=0"),
    ]


def shapes_option(shapes: Shapes) -> str:
    """Shapes as trtexec reads them: "faces:16x224x224x3,mask:16x256"."""
    return ",".join(f"{name}:{'x'.join(map(str, shape))}" for name, shape in shapes.items())


def read_outputs(path: Path) -> dict[str, NDArray[np.float32]]:
    """What `--exportOutput` wrote: outputs by name, in their shapes.

    Raises `PlanFailed` for anything else, NaN included, which is no JSON.
    """
    try:
        tensors = json.loads(path.read_text())
        return {tensor["name"]: _array(tensor) for tensor in tensors}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PlanFailed(f"trtexec wrote no readable outputs: {error}") from error


def _array(tensor: Mapping[str, object]) -> NDArray[np.float32]:
    shape = [int(side) for side in str(tensor["dimensions"]).split("x")]
    return np.asarray(tensor["values"], np.float32).reshape(shape)


def run(command: Sequence[str], limit_s: float) -> str:
    """Run a program and return its output; raises `PlanFailed` with the end of what it said."""
    try:
        done = subprocess.run(  # noqa: S603 - programs that were looked up, arguments of our own
            command, capture_output=True, text=True, timeout=limit_s, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise PlanFailed(f"{command[0]} took over {limit_s:.0f} s") from error
    except OSError as error:
        raise PlanFailed(f"cannot run {command[0]}: {error}") from error
    if done.returncode != 0:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise PlanFailed(f"{command[0]} ended with code {done.returncode}. It said last:\n{last}")
    return done.stdout
