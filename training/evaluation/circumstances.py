"""Under which circumstances numbers were measured: commit, machine, versions, date, command."""

import os
import platform
import subprocess
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from training.repository import ROOT

PACKAGES = ("torch", "numpy", "scipy", "onnxruntime", "scikit-image", "opencv-python-headless")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a reader needs to make the numbers again; `versions` are (name, version) pairs."""

    commit: str
    day: date
    machine: str
    versions: tuple[tuple[str, str], ...]
    command: str


def circumstances(command: str, day: date) -> Circumstances:
    """Return this machine's circumstances; the day and the command are the caller's to say."""
    cores = len(os.sched_getaffinity(0))
    machine = f"{_processor()}, {cores} cores, {_memory()}, {platform.system()}"
    return Circumstances(_commit(), day, machine, _versions(), command)


def _commit() -> str:
    """The commit, and whether files differ from it; "unknown" outside a git checkout."""
    commit = _git("rev-parse", "--short=12", "HEAD")
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
