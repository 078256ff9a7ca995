"""Under which circumstances numbers were measured: commit, machine, versions, date, command."""

import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

from training.repository import ROOT

#: Names the commit where the sources lie without their history, as on a machine they were sent to.
COMMIT = "MIEN_COMMIT"

PACKAGES = ("torch", "numpy", "scipy", "onnxruntime", "scikit-image", "opencv-python-headless")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a reader needs to make the numbers again; `versions` are (name, version) pairs."""

    commit: str
    day: date
    machine: str
    versions: tuple[tuple[str, str], ...]
    command: str

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {**asdict(self), "day": self.day.isoformat(), "versions": dict(self.versions)}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "Circumstances":
        """Inverse of `as_json`; raises KeyError, TypeError or ValueError for another layout."""
        return cls(
            plain["commit"],
            date.fromisoformat(plain["day"]),
            plain["machine"],
            tuple(plain["versions"].items()),
            plain["command"],
        )


def circumstances(command: str, day: date) -> Circumstances:
    """Return this machine's circumstances; the day and the command are the caller's to say."""
    cores = len(os.sched_getaffinity(0))
    parts = (_processor(), f"{cores} cores", _memory(), *_graphics(), platform.system())
    return Circumstances(_commit(), day, ", ".join(parts), _versions(), command)


def _commit() -> str:
    """The commit, and whether files differ from it; "unknown" where nothing tells."""
    commit = _git("rev-parse", "--short=12", "HEAD")
    if not commit and COMMIT in os.environ:
        return os.environ[COMMIT]
    if not commit:
        return "unknown"
    return f"{commit} with uncommitted changes" if _git("status", "--porcelain") else commit


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - fixed words, no shell
            ["git", *arguments],  # noqa: S607 - whichever git made the checkout
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _graphics() -> list[str]:
    """The GPUs that training would take, by name."""
    return [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]


def _memory() -> str:
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{size / 2**30:.0f} GiB"


def _versions() -> tuple[tuple[str, str], ...]:
    found = [("Python", platform.python_version())]
    for package in PACKAGES:
        try:
            found.append((package, version(package)))
        except PackageNotFoundError:
            continue
    return tuple(found)
