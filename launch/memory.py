"""How much memory a process and its children hold, by the kernel's own count.

Pages that several processes share are divided among them (PSS), so that the sum counts each once.
"""

import os
import re
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc")
PSS: Final = re.compile(rb"^Pss:\s+(\d+) kB", re.M)
PARENT: Final = re.compile(rb"^PPid:\s+(\d+)", re.M)


def held_gib(process: int) -> float:
    """Return the GiB that a process and all of its descendants hold; 0 for one that is gone."""
    return sum(_pss_kib(one) for one in _family(process)) / 2**20


def _family(process: int) -> set[int]:
    parents = {pid: _number(PROC / str(pid) / "status", PARENT) for pid in _processes()}
    family, grown = {process}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in family} - family
        family |= more
        grown = bool(more)
    return family


def _processes() -> list[int]:
    return [int(name) for name in os.listdir(PROC) if name.isdecimal()]  # noqa: PTH208


def _pss_kib(process: int) -> int:
    return _number(PROC / str(process) / "smaps_rollup", PSS) or 0


def _number(path: Path, pattern: re.Pattern[bytes]) -> int | None:
    try:
        found = pattern.search(path.read_bytes())
    except OSError:  # It ended meanwhile, or is somebody else's.
        return None
    return int(found[1]) if found else None
