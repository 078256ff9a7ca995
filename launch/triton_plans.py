"""Whether the TensorRT plans at hand are those of this machine, told before Triton tries them.

    NAME/N/plan.json  key: tensorrt 10.13.0, compute capability 9.0
    trtexec --help    [TensorRT v101300]         nvidia-smi  9.0

Triton's own words for a plan of another release or GPU are of no help, and it tries for minutes.
Standard library only; `python -m training.plans` writes what is read here.
"""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

TRTEXEC: Final = "/usr/src/tensorrt/bin/trtexec"
ASK_LIMIT_S: Final = 60.0
REMEDY: Final = "run the plans container of this release on this machine (docs/containers.md)"


class PlanMisfit(Exception):
    """What is in the model repository cannot be served here."""


@dataclass(frozen=True, slots=True)
class Engine:
    """This machine's TensorRT, as its banner says it, and the compute capability of its GPU."""

    banner: str
    compute_capability: str


def this_engine(trtexec: str = TRTEXEC, smi: str = "nvidia-smi") -> Engine:
    """Ask the machine; raises `PlanMisfit` when it has no TensorRT or no GPU."""
    query = [smi, "--query-gpu=compute_cap", "--format=csv,noheader", "--id=0"]
    return Engine(_said([trtexec, "--help"]), _said(query).strip())


def _said(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=ASK_LIMIT_S
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise PlanMisfit(
            f"{command[0]} does not answer: the gpu profile needs an NVIDIA GPU, its container"
            " toolkit, and NVIDIA's Triton image"
        ) from error
    return done.stdout


def planned_models(repository: Path, engine: Engine | None = None) -> tuple[str, ...]:
    """Return the networks with a plan; raises `PlanMisfit` for none, or one of another machine."""
    plans = sorted(repository.glob("*/*/model.plan"))
    if not plans:
        raise PlanMisfit(f"no TensorRT plan in {repository}: {REMEDY}")
    engine = engine or this_engine()
    wrong = [said for plan in plans if (said := misfit(plan, engine))]
    if wrong:
        raise PlanMisfit(f"{'; '.join(wrong)}: {REMEDY}")
    return tuple(dict.fromkeys(plan.parent.parent.name for plan in plans))


def misfit(plan: Path, engine: Engine) -> str | None:
    """Return why the plan cannot be served here, or None when it can."""
    name = f"{plan.parent.parent.name}/{plan.parent.name}"
    try:
        key: dict[str, Any] = json.loads(plan.with_name("plan.json").read_text())["key"]
        tensorrt, capability = str(key["tensorrt"]), str(key["compute_capability"])
    except (OSError, ValueError, KeyError, TypeError):
        return f"nothing says what the plan of {name} was built for"
    if f"[TensorRT v{banner_number(tensorrt)}]" not in engine.banner:
        return f"the plan of {name} is of TensorRT {tensorrt}, and this image has another"
    if capability != engine.compute_capability:
        return (
            f"the plan of {name} is for a GPU of compute capability {capability},"
            f" and this one has {engine.compute_capability}"
        )
    return None


def banner_number(version: str) -> str:
    """Return a version as TensorRT's banner has it: 10.13.0 is 101300, 8.6.1 is 8601."""
    major, minor, patch = (int(part) if part.isdecimal() else 0 for part in version.split("."))
    thousands = 10_000 if major >= 10 else 1_000
    return str(major * thousands + minor * 100 + patch)
