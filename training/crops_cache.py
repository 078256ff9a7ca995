"""Crops on disk: two files a record, and no half of either.

    <out>/Training/Freeform/203_1_Freeform_video.mp4.npy     (n, S, S, 3) uint8 RGB
    <out>/Training/Freeform/203_1_Freeform_video.mp4.json    written last: the record is done

The .json holds the digests of source and settings; other ones mean that the crops are made again.
"""

import fcntl
import hashlib
import io
import json
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from training.crops_looking import Cropped, CropSettings
from training.faults import CropsInUse, DataMissing
from training.fetch import sha256_of
from training.files import read_json, write_atomically, write_json

#: Left over by `write_atomically` where a run was killed in the middle of a file.
_UNFINISHED = (".*.npy.*", ".*.json.*")
_LOCK = ".lock"


@dataclass(frozen=True, slots=True)
class CropCache:
    """The crops in `folder` of the records below `root`, the data set's own folder."""

    folder: Path
    root: Path

    def name_of(self, source: Path) -> str:
        """Return a record's name here: its place in the data set."""
        return source.relative_to(self.root).as_posix()

    def is_done(self, source: Path, settings: CropSettings) -> bool:
        """Whether the crops are there, made with these settings from this very source."""
        facts = self.facts(source)
        if facts is None or facts["settings"] != settings.digest:
            return False
        if facts["faces"] and not self._path(source, "npy").is_file():
            return False
        # A copied data set has other times, and still the same content.
        return facts["stamp"] == stamp_of(source) or facts["source_sha256"] == digest_of(source)

    def write(self, source: Path, settings: CropSettings, cropped: Cropped) -> None:
        """Write a record's crops, then the file that says so."""
        if len(cropped.faces):
            content = io.BytesIO()
            np.save(content, cropped.faces)
            write_atomically(self._path(source, "npy"), content.getvalue())
        document = {
            "source": self.name_of(source),
            "source_sha256": digest_of(source),
            "stamp": stamp_of(source),
            "settings": settings.digest,
            "side": settings.side,
            "faces": len(cropped.faces),
            "frames": cropped.frames.tolist(),
            "times_ms": cropped.times_ms.tolist(),
            "verdicts": dict(Counter(verdict.value for verdict in cropped.verdicts)),
        }
        write_json(self._path(source, "json"), document)

    def facts(self, source: Path) -> dict[str, Any] | None:
        """Return what is known of a record's crops, or None."""
        try:
            return read_json(self._path(source, "json"))
        except (FileNotFoundError, json.JSONDecodeError):
            return None

    def used(self, source: Path) -> int:
        """Return how many faces of a record are usable."""
        facts = self.facts(source)
        return int(facts["faces"]) if facts else 0

    def why(self, source: Path) -> str:
        """Return a record's verdicts in words: "no_face 12, blurred 3"."""
        counts = (self.facts(source) or {}).get("verdicts", {})
        ordered = sorted(counts.items(), key=lambda item: -item[1])
        return ", ".join(f"{verdict} {count}" for verdict, count in ordered) or "no frames"

    def faces(self, source: Path) -> NDArray[np.uint8]:
        """Return a record's faces (n, S, S, 3) uint8 RGB, memory-mapped.

        Raises `DataMissing` where they have not been made.
        """
        path = self._path(source, "npy")
        if not path.is_file():
            raise DataMissing(f"{path} is missing: run `python -m training.crops`")
        return cast("NDArray[np.uint8]", np.load(path, mmap_mode="r"))

    def _path(self, source: Path, kind: str) -> Path:
        return self.folder / f"{self.name_of(source)}.{kind}"


@contextmanager
def locked(folder: Path) -> Generator[None]:
    """Keep other runs out of the folder, and clear what a killed one left behind.

    Raises `CropsInUse` while another run holds it; the system lets go when a process dies.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CropsInUse(f"another run is filling {folder}: wait for it, or end it") from error
        for pattern in _UNFINISHED:
            for path in folder.rglob(pattern):
                path.unlink(missing_ok=True)
        yield


def digest_of(source: Path) -> str:
    """Return the sha256 of a file, or of a folder's files in the order of their names."""
    if source.is_file():
        return sha256_of(source)
    parts = [f"{path.name} {sha256_of(path)}" for path in _files(source)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def stamp_of(source: Path) -> list[list[str | int]]:
    """Return names, sizes and times of change: equal stamps spare reading a source again."""
    files = [source] if source.is_file() else _files(source)
    return [[path.name, path.stat().st_size, path.stat().st_mtime_ns] for path in files]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file())
