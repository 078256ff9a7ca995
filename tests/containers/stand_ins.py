"""Base images of the names that Dockerfile and compose file ask for, made of Debian's packages.

debootstrap ─▶ debian ─┬─▶ python:3.11-slim-bookworm   Debian's Python, pip in /usr/local
                       └─▶ redis, prom/prometheus      Debian's servers

Where no registry of images is reached, they stand in for the real ones. Sizes are about the same
(137 MB against some 125 MB of Docker's Python image); Redis is Debian's 7.0.
"""

import shutil
from pathlib import Path
from typing import Final

from tests.containers.workshop import Workshop

PYTHON: Final = "docker.io/library/python:3.11-slim-bookworm"
REDIS: Final = "docker.io/library/redis:7.4.6-bookworm"
PROMETHEUS: Final = "docker.io/prom/prometheus:v3.5.0"
CERTIFICATES: Final = "etc/ssl/certs/ca-certificates.crt"
OF_THE_MACHINE: Final = (CERTIFICATES, "etc/pip.conf", "etc/resolv.conf")
WEIGHT: Final = ("usr/share/doc", "usr/share/man", "usr/share/info", "var/lib/apt/lists")


def make(one: Workshop) -> None:
    """Make the images that are not there yet."""
    debian = one.folder / "roots" / "debian"
    if not debian.exists():
        debian.parent.mkdir(parents=True, exist_ok=True)
        one.run("debootstrap", "--variant=minbase", "--include=ca-certificates,tzdata,netbase",
                "bookworm", debian)  # fmt: skip
        slim(debian)
    if one.attempt("podman", "image", "exists", PYTHON).returncode:
        python(one, debian)
    if one.attempt("podman", "image", "exists", REDIS).returncode:
        servers(one, debian)


def python(one: Workshop, debian: Path) -> None:
    """Make the stand-in for Docker's Python image."""
    root = copy(one, debian, "python", "python3", "libpython3.11")
    place = root / "usr/local/lib/python3.11/dist-packages"
    wheels = one.folder / "pip"
    one.run("python3", "-m", "pip", "download", "--quiet", "--no-deps", "--dest", wheels, "pip")
    one.run("python3", "-m", "zipfile", "-e", next(wheels.glob("pip-*.whl")), place)
    settings = ("--cmd", "python3", "--env", f"SSL_CERT_FILE=/{CERTIFICATES}",
                "--env", f"PIP_CERT=/{CERTIFICATES}")  # fmt: skip
    commit(one, root, PYTHON, *settings)


def servers(one: Workshop, debian: Path) -> None:
    """Make the stand-ins for Redis and Prometheus, of one root."""
    root = copy(one, debian, "servers", "redis-server", "prometheus")
    one.run("chroot", root, "install", "-d", "-o", "999", "-g", "999", "/data")
    one.run("chroot", root, "install", "-d", "-o", "65534", "-g", "65534", "/prometheus")
    commit(one, root, REDIS, "--cmd", "redis-server")
    commit(one, root, PROMETHEUS, "--entrypoint", '["/usr/bin/prometheus"]')
    shutil.rmtree(root)


def copy(one: Workshop, debian: Path, name: str, *packages: str) -> Path:
    """Return a copy of the root with more packages, and with this machine's way to registries."""
    root = debian.with_name(name)
    shutil.rmtree(root, ignore_errors=True)
    one.run("cp", "-a", debian, root)
    for file in OF_THE_MACHINE:
        if (Path("/") / file).exists():
            shutil.copy(Path("/") / file, root / file)
    starts_nothing = root / "usr/sbin/policy-rc.d"
    starts_nothing.write_text("#!/bin/sh\nexit 101\n")
    starts_nothing.chmod(0o755)
    apt = ("chroot", root, "apt-get", "-qq", "-o", "APT::Sandbox::User=root")
    one.run(*apt, "update")
    one.run(*apt, "install", "--yes", "--no-install-recommends", *packages)
    one.run(*apt, "clean")
    slim(root)
    return root


def slim(root: Path) -> None:
    """Take out what the slim images of Debian do not have either."""
    for folder in WEIGHT:
        for entry in (root / folder).iterdir():
            folder_itself = entry.is_dir() and not entry.is_symlink()
            shutil.rmtree(entry) if folder_itself else entry.unlink()
    for cache in (root / "var/cache/apt").glob("*.bin"):
        cache.unlink()
    for locale in (root / "usr/share/locale").iterdir():
        if locale.is_dir() and not locale.is_symlink() and not locale.name.startswith("en"):
            shutil.rmtree(locale)


def commit(one: Workshop, root: Path, name: str, *settings: str) -> None:
    """Make an image of a root."""
    container = one.run("buildah", "from", "scratch").strip()
    # `buildah add` would give everything to root.
    one.run("cp", "-a", f"{root}/.", one.run("buildah", "mount", container).strip())
    one.run("buildah", "config", *settings, container)
    one.run("buildah", "commit", "--quiet", container, name)
    one.run("buildah", "rm", container)
