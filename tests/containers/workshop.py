"""A place of its own for Buildah and Podman: what they store, and how they are asked.

No engine and no registry of images is needed. Everything lies in one folder, which is removed at
the end; no container of anybody else is seen or touched.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROGRAMS: Final = ("buildah", "podman", "runc", "debootstrap", "podman-compose", "cyclonedx-py")
INSTALL: Final = (
    "apt-get install -y --no-install-recommends buildah podman runc debootstrap netavark"
    " aardvark-dns iptables catatonit, and `make install-dev`"
)
STORAGE: Final = """\
[storage]
driver = "{driver}"
graphroot = "{folder}/storage"
runroot = "{folder}/run"
"""
# crun refuses hybrid control groups, and Podman's usual limits are above those of many sandboxes.
CONTAINERS: Final = """\
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
tmp_dir = "{folder}/run/libpod"
volume_path = "{folder}/storage/volumes"
[network]
network_backend = "netavark"
network_config_dir = "{folder}/networks"
"""


class CannotRun(Exception):
    """What was asked cannot be done here, in a sentence."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """The folder, and the environment that sends the programs there."""

    folder: Path
    environment: Mapping[str, str]

    def run(self, *command: str | Path, limit_s: float = 1200, cwd: Path | None = None) -> str:
        """Run to the end and return what was printed; raises `CannotRun` with the last lines."""
        done = self.attempt(*command, limit_s=limit_s, cwd=cwd)
        if done.returncode:
            said = "\n".join((done.stdout + done.stderr).splitlines()[-25:])
            raise CannotRun(
                f"{' '.join(map(str, command))[:200]}\nended with {done.returncode}:\n{said}"
            )
        return done.stdout

    def attempt(
        self, *command: str | Path, limit_s: float = 1200, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run to the end, however it ends."""
        return subprocess.run(
            [*map(str, command)],
            capture_output=True,
            text=True,
            timeout=limit_s,
            cwd=cwd,
            env=dict(self.environment),
            check=False,
        )


def driver_of(folder: Path) -> str:
    """Return `overlay` where the kernel mounts one there, else the slow `vfs`."""
    parts = [folder / name for name in ("lower", "upper", "work", "merged")]
    for part in parts:
        part.mkdir()
    options = f"lowerdir={parts[0]},upperdir={parts[1]},workdir={parts[2]}"
    mount = ["mount", "-t", "overlay", "overlay", "-o", options, str(parts[3])]
    worked = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    if worked:
        subprocess.run(["umount", str(parts[3])], check=True)
    for part in parts:
        shutil.rmtree(part)
    return "overlay" if worked else "vfs"


@contextmanager
def workshop(folder: Path, *, keep: bool) -> Generator[Workshop]:
    """Open a workshop; when it is left, nothing remains unless it is to be kept."""
    environment = dict(os.environ)  # noqa: TID251  programs of the machine
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    missing = [name for name in PROGRAMS if not shutil.which(name, path=environment["PATH"])]
    if missing or os.geteuid():
        what = f"{', '.join(missing)} missing: {INSTALL}" if missing else "root is needed"
        raise CannotRun(f"the images cannot be built here: {what}")
    folder.mkdir(parents=True, exist_ok=True)
    files = {"CONTAINERS_STORAGE_CONF": STORAGE, "CONTAINERS_CONF": CONTAINERS}
    for variable, content in files.items():
        file = folder / f"{variable.lower()}.conf"
        if not file.exists():
            driver = driver_of(folder) if variable == "CONTAINERS_STORAGE_CONF" else ""
            file.write_text(content.format(folder=folder, driver=driver))
        environment[variable] = str(file)
    one = Workshop(folder, environment | {"BUILDAH_ISOLATION": "chroot"})
    try:
        yield one
    finally:
        if not keep:
            clear(one)


def clear(one: Workshop) -> None:
    """Remove every container, network, volume and image of the workshop, and its folder."""
    for command in (
        ("podman", "pod", "rm", "--all", "--force", "--time", "10"),
        ("podman", "rm", "--all", "--force", "--time", "10"),
        ("podman", "network", "prune", "--force"),
        ("podman", "volume", "rm", "--all", "--force"),
        ("buildah", "rm", "--all"),
        ("podman", "rmi", "--all", "--force"),
    ):
        one.attempt(*command)
    shutil.rmtree(one.folder, ignore_errors=True)
