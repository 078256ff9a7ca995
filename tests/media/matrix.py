"""Eight degradations in three strengths of a real clip: where the frames go.

    python -m tests.media.matrix weights/media/single_face.mp4      prints the table
    python -m tests.media.matrix weights/media/WolfgangLanger_Pexels.mp4 --every-ms 4500

The detector, the subject, the verdicts and the reasons to withhold are those of the worker;
only the networks are missing, which are not asked about what is rejected.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from assessment.ledger import Ledger, Verdict
from assessment.measurement import Measurement, Media
from assessment.request import Analysis, AssessmentRequest, Sampling, Subject
from assessment.thresholds import Thresholds
from assessment.withholding import of_the_recording
from tests.media.degradations import DEGRADATIONS, Picture, Points
from worker.faces import FaceFinder
from worker.looking import Faces, Looker
from worker.stopwatch import Stopwatch
from worker.upright import UprightFaces
from worker.video import Frame, Limits, decode

DETECTOR: Final = Path("weights/detector.onnx")
STRENGTHS: Final = ("mild", "clear", "strong")
EVERY_MS: Final = 600


@dataclass(frozen=True, slots=True)
class Clip:
    """Frames of a recording, one in `every_ms`, and the five points of the one face in each."""

    frames: tuple[Frame, ...]
    points: tuple[Points, ...]
    every_ms: int

    @classmethod
    def of(cls, video: Path, faces: Faces, every_ms: int = EVERY_MS) -> "Clip":
        """Decode a recording and find the face in each sample; those without one are left out."""
        with decode(video, Sampling(every_ms), Limits()) as recording:
            found = [(frame, faces.find(frame.pixels)) for frame in recording]
        seen = [(frame, one[0].points) for frame, one in found if one]
        return cls(tuple(frame for frame, _ in seen), tuple(points for _, points in seen), every_ms)


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one degraded clip; `outcome` is `reported` or the code that withholds."""

    name: str
    strength: str
    value: float
    ledger: Ledger
    outcome: str

    @property
    def moved(self) -> Counter[str]:
        """The reasons for which frames were rejected."""
        return Counter({reason: n for reason, n in self.ledger.rejected.items() if n})

    @property
    def used_share(self) -> float:
        """Share of the samples that are used."""
        return self.ledger.used / self.ledger.sampled


def assessed(pictures: Sequence[Picture], clip: Clip, faces: Faces) -> tuple[Ledger, str]:
    """Return the ledger of these pictures in place of a clip's, and the outcome for severity."""
    look = Looker(faces, Subject(), Thresholds(), Stopwatch(lambda: 0.0))
    pairs = zip(clip.frames, pictures, strict=True)
    seen = [
        look(Frame(index=frame.index, at_ms=frame.at_ms, pixels=np.ascontiguousarray(pixels))).seen
        for frame, pixels in pairs
    ]
    height, width = pictures[0].shape[:2]
    every = clip.every_ms
    media = Media(width, height, "h264", "mp4", len(seen), len(seen) * every, every, every)
    measurement = Measurement(media, tuple(seen), {}, company_ms=look.company * every)
    reason = of_the_recording(Analysis.SEVERITY, measurement, AssessmentRequest())
    return Ledger.of(one.verdict for one in seen), reason.code if reason else "reported"


def matrix(clip: Clip, faces: Faces) -> Iterator[Row]:
    """Yield a row for the clip itself, then one a degradation and strength."""
    yield Row("nothing", "", 0.0, *assessed([one.pixels for one in clip.frames], clip, faces))
    for name, degradation in DEGRADATIONS.items():
        for strength, value in zip(STRENGTHS, degradation.strengths, strict=True):
            pictures = [
                degradation.apply(frame.pixels, points, value)
                for frame, points in zip(clip.frames, clip.points, strict=True)
            ]
            yield Row(name, strength, value, *assessed(pictures, clip, faces))


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the lines of a table in Markdown."""
    yield "| degradation | strength | used | frames moved to | outcome |"
    yield "|---|---|---|---|---|"
    for row in rows:
        unit = DEGRADATIONS[row.name].unit if row.strength else ""
        amount = f"{row.strength}: {row.value:.3g} {unit}" if row.strength else ""
        moved = ", ".join(f"`{reason}` {n}" for reason, n in row.moved.most_common()) or "none"
        used = f"{row.ledger.used} of {row.ledger.sampled}"
        yield f"| {row.name} | {amount} | {used} | {moved} | `{row.outcome}` |"


def right_bucket(row: Row) -> bool:
    """Return whether every frame was rejected for what was done, or had no face left."""
    return not row.moved.keys() - {DEGRADATIONS[row.name].bucket.value, Verdict.NO_FACE.value}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of each recording that is named."""
    parser = argparse.ArgumentParser(prog="python -m tests.media.matrix")
    parser.add_argument("recordings", nargs="+", type=Path)
    parser.add_argument("--every-ms", type=int, default=EVERY_MS, help="one frame in so much time")
    options = parser.parse_args(arguments)
    faces = UprightFaces(FaceFinder(DETECTOR))
    for path in options.recordings:
        lines = table(list(matrix(Clip.of(path, faces, options.every_ms), faces)))
        sys.stdout.write("\n".join((f"\n{path.name}\n", *lines, "")))


if __name__ == "__main__":
    main()
