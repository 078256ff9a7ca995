"""Painted recordings, a finder that knows them, and crops made of them."""

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tests.media.recordings import counted, number_of, record
from tests.samples import LENIENT
from training.crops import crop_all
from training.crops_cache import CropCache
from training.crops_looking import CropSettings
from training.datasets.recording import Partition, Record, Recording
from worker.faces import Face
from worker.video import Pixels

SETTINGS = CropSettings(side=64, every_n_frames=2, detector_sha256="0" * 64, thresholds=LENIENT)


@dataclass
class PaintedFaces:
    """Sees one face in a picture, none where its number is in `hidden`; dies when told to."""

    hidden: frozenset[int] = frozenset()
    dies_at: int = 10**9
    looked: int = 0

    def find(self, pixels: Pixels) -> list[Face]:
        self.looked += 1
        if self.looked == self.dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return [] if number_of(pixels) in self.hidden else [FACE]


AROUND = np.array([[-15, -10], [15, -10], [0, 5], [-12, 20], [12, 20]], np.float32)
FACE = Face((130, 80, 190, 160), AROUND + np.array([160, 120], np.float32), 0.9)


@dataclass
class Noted:
    """Keeps the lines that stay."""

    lines: list[str] = field(default_factory=list)
    shown: int = 0

    def show(self, task: str, stage: str, done: int, total: int) -> None:
        self.shown += 1

    def say(self, line: str) -> None:
        self.lines.append(line)


def recordings(root: Path, count: int = 3, frames: int = 6) -> list[Recording]:
    (root / "Training").mkdir(parents=True, exist_ok=True)
    return [
        Recording(
            path=record(root / "Training" / f"20{n}_1.mp4", counted(frames)),
            person=f"20{n}",
            session=f"20{n}_1",
            task="",
            partition=Partition.TRAIN,
            label=float(n),
        )
        for n in range(count)
    ]


def crop_into(
    out: Path,
    root: Path,
    records: Sequence[Record],
    faces: PaintedFaces | None = None,
    settings: CropSettings = SETTINGS,
) -> tuple[CropCache, Noted, list[int]]:
    cache, noted, finder = CropCache(out, root), Noted(), faces or PaintedFaces()
    tally = crop_all(records, cache, settings, finder, noted)
    return cache, noted, [tally.cropped, tally.kept, finder.looked]


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def recordings_at(root: Path) -> list[Recording]:
    paths = sorted((root / "Training").glob("*.mp4"))
    return [
        Recording(path, path.stem[:3], path.stem, "", Partition.TRAIN, float(n))
        for n, path in enumerate(paths)
    ]
