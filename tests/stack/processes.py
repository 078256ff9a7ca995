"""The processes of a running stack; any of them may end while it is looked at."""

import subprocess
from contextlib import suppress

import psutil


def processes_of(launcher: subprocess.Popen[bytes], *words: str) -> list[psutil.Process]:
    """Return the processes below the launcher whose command line has every word."""
    found: list[psutil.Process] = []
    for one in psutil.Process(launcher.pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            line = " ".join(one.cmdline())
            found += [one] if all(word in line for word in words) else []
    return found


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Return those that still run."""
    return [one for one in processes if _runs(one)]


def _runs(one: psutil.Process) -> bool:
    try:
        return one.is_running() and one.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
