"""One record's faces, seen with the worker's own eyes: decode, find, follow, align, judge."""

import hashlib
import json
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from assessment.ledger import Verdict
from assessment.request import Sampling, Subject
from assessment.thresholds import Thresholds
from training.datasets.ck_plus import PEAK_PICTURES
from training.datasets.pictures import read_picture
from training.datasets.recording import Event, Record, Recording
from training.datasets.recording import Sequence as PictureSequence
from training.faults import DataFault, DataMissing
from training.fetch import sha256_of
from worker.faces import FACE_PIXELS
from worker.looking import Faces, Look, Looker
from worker.stopwatch import Stopwatch
from worker.video import Frame, Limits, decode

#: Raised when the same settings would make other crops: old ones are then made again.
CODE_VERSION = 2

SMALLEST_SIDE = 32
#: Pictures have no clock; a second apart, they are in order.
PICTURE_STEP_MS = 1000


@dataclass(frozen=True, slots=True)
class CropSettings:
    """What decides how a crop looks; another digest means other crops.

    side             pixels of a face, 32 to 224
    every_n_frames   which frames of a video are looked at
    detector_sha256  the face detector's weights
    """

    side: int
    every_n_frames: int
    detector_sha256: str
    subject: Subject = field(default_factory=Subject)
    thresholds: Thresholds = field(default_factory=Thresholds)
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if not SMALLEST_SIDE <= self.side <= FACE_PIXELS:
            raise DataFault(f"a face's side is {SMALLEST_SIDE}..{FACE_PIXELS}, not {self.side}")
        if self.every_n_frames < 1:
            raise DataFault(f"every {self.every_n_frames} frames is none; 1 is every frame")

    @classmethod
    def of(cls, side: int, every_n_frames: int, detector: Path) -> "CropSettings":
        """Return the settings with a detector's digest; raises `DataMissing` without the file."""
        if not detector.is_file():
            raise DataMissing(f"no face detector at {detector}: run `make weights`")
        return cls(side, every_n_frames, sha256_of(detector))

    @property
    def digest(self) -> str:
        """Return the sha256 of all of it in hexadecimal."""
        plain = json.dumps([CODE_VERSION, asdict(self)], sort_keys=True)
        return hashlib.sha256(plain.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Cropped:
    """A record's usable faces, and what became of every frame that was looked at.

    faces     (n, S, S, 3) uint8 RGB
    frames    (n,) int64, numbers of the frames behind the faces
    times_ms  (n,) int64, media time
    verdicts  one a looked-at frame, in order
    """

    faces: NDArray[np.uint8]
    frames: NDArray[np.int64]
    times_ms: NDArray[np.int64]
    verdicts: tuple[Verdict, ...]


def crop(record: Record, settings: CropSettings, faces: Faces) -> Cropped:
    """Return a record's crops.

    Raises `assessment.recording_faults.Unusable` for a video that does not decode, or
    `PictureUnreadable`.
    """
    look = Looker(faces, settings.subject, settings.thresholds, Stopwatch(time.monotonic))
    with closing(frames_of(record, settings)) as frames:
        return _gathered((look(frame) for frame in frames), settings.side)


def frames_of(record: Record, settings: CropSettings) -> Generator[Frame]:
    """Yield the frames that are looked at: every nth of a video, the peak of a sequence.

    Of a micro-expression these are onset and apex, whose difference is its motion.
    """
    match record:
        case Recording():
            sampling = Sampling(every_ms=None, every_n_frames=settings.every_n_frames)
            with decode(record.path.resolve(), sampling, settings.limits) as recording:
                yield from recording
        case PictureSequence():
            last = len(record.pictures)
            yield from _read(record.pictures, range(max(0, last - PEAK_PICTURES), last))
        case Event():
            yield from _read(record.pictures, sorted({0, record.apex}))
        case _:
            raise DataMissing(f"{record.name} is a face already: there is nothing to crop")


def _read(pictures: tuple[Path, ...], places: Iterable[int]) -> Iterator[Frame]:
    for place in places:
        pixels = np.ascontiguousarray(read_picture(pictures[place])[:, :, ::-1])
        yield Frame(index=place, at_ms=place * PICTURE_STEP_MS, pixels=pixels)


def _gathered(looks: Iterable[Look], side: int) -> Cropped:
    verdicts: list[Verdict] = []
    crops: list[NDArray[np.uint8]] = []
    places: list[tuple[int, int]] = []
    for look in looks:
        verdicts.append(look.seen.verdict)
        if look.crop is not None:
            crops.append(_shrunk(look.crop, side))
            places.append((look.seen.frame, look.seen.at_ms))
    where = np.array(places, np.int64).reshape(-1, 2)
    return Cropped(
        faces=np.stack(crops) if crops else np.empty((0, side, side, 3), np.uint8),
        frames=where[:, 0],
        times_ms=where[:, 1],
        verdicts=tuple(verdicts),
    )


def _shrunk(crop: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    if crop.shape[0] == side:
        return crop
    return np.asarray(cv2.resize(crop, (side, side), interpolation=cv2.INTER_AREA), np.uint8)
