"""From a frame to what was seen in it: whose face, where, and whether it can be scored."""

from dataclasses import dataclass
from typing import Protocol

from assessment.ledger import Verdict
from assessment.measurement import Observation
from assessment.request import Subject
from assessment.thresholds import Thresholds
from worker.faces import Face, align
from worker.quality import measure, verdict_of
from worker.stopwatch import Stopwatch
from worker.subject import Follower
from worker.tracks import Track
from worker.video import Frame, Pixels


class Faces(Protocol):
    """Finds faces in a picture."""

    def find(self, pixels: Pixels) -> list[Face]:
        """Return the faces of a BGR picture (height, width, 3)."""
        ...


@dataclass(frozen=True, slots=True)
class Look:
    """One sampled frame as it was seen; `crop` is (224, 224, 3) uint8 RGB when it is used.

    `whose` tells faces of one recording apart, by place.
    """

    seen: Observation
    crop: Pixels | None = None
    whose: Track | None = None


class Looker:
    """Looks at the frames of one recording, one after another."""

    def __init__(
        self, faces: Faces, subject: Subject, thresholds: Thresholds, watch: Stopwatch
    ) -> None:
        self._faces = faces
        self._follower = Follower(subject)
        self._thresholds = thresholds
        self._watch = watch

    @property
    def company(self) -> int:
        """Frames so far for which a second face stayed in the picture."""
        return self._follower.company

    @property
    def chief(self) -> Track | None:
        """Whom most of the frames so far show."""
        return self._follower.chief

    def __call__(self, frame: Frame) -> Look:
        """Return what the frame shows."""
        if frame.damaged:
            return Look(Observation(frame.index, frame.at_ms, Verdict.UNDECODABLE))
        with self._watch.timing("detect"):
            found = self._faces.find(frame.pixels)
        faces = [face for face in found if face.confidence >= self._thresholds.min_confidence]
        height, width = frame.pixels.shape[:2]
        subject = self._follower.choose(faces, width, height, frame.at_ms)
        if subject is None:
            verdict = Verdict.OTHER_PERSON if faces else Verdict.NO_FACE
            return Look(Observation(frame.index, frame.at_ms, verdict, faces=len(faces)))
        with self._watch.timing("align"):
            crop = align(frame.pixels, subject)
            measures = measure(crop, subject.points)
        verdict = verdict_of(measures, self._thresholds)
        seen = Observation(
            frame=frame.index,
            at_ms=frame.at_ms,
            verdict=verdict,
            faces=len(faces),
            face=subject.to_box(width, height),
            quality=measures.quality,
        )
        return Look(seen, crop if verdict is Verdict.USED else None, self._follower.followed)
