"""Faces followed from sample to sample, by where they are: boxes and five points.

    faces of a sample ─▶ those near a track, nearest first ─▶ those that moved far ─▶ new tracks

A track is a place that moves, never an identity: no embedding is computed, so a person who
leaves and comes back elsewhere is a new track.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

import numpy as np

from worker.faces import Face

SAME_OVERLAP: Final = 0.3
"""Boxes that share this much of their union are one face, a sample later."""
SAME_DISTANCE: Final = 0.5
"""So are faces whose five points lie this many face widths apart, in the mean."""
MOVED_DISTANCE: Final = 3.0
"""Somebody who walks gets this far in one sample; only for what was not matched otherwise."""
MOVED_GROWTH: Final = 2.0
"""And grows or shrinks no more than so many times in area."""
BREAK_MS: Final = 1000
"""A face unseen for less than this was there all the time, and missed."""
FORGOTTEN_MS: Final = 60_000


@dataclass(slots=True, eq=False)
class Track:
    """One face through the recording; `stretch` and `longest` count samples it was seen in.

    `companions` are the tracks that were seen in the same picture as this one.
    """

    face: Face
    first_ms: int
    last_ms: int
    samples: int = 1
    stretch: int = 1
    longest: int = 1
    companions: set["Track"] = field(default_factory=set["Track"])

    @property
    def span_ms(self) -> int:
        """Media time between the first and the last sample that showed it."""
        return self.last_ms - self.first_ms

    def goes_on(self, face: Face, at_ms: int, *, unbroken: bool) -> None:
        """Take the face of another sample."""
        bridged = unbroken or at_ms - self.last_ms < BREAK_MS
        self.face, self.last_ms = face, at_ms
        self.samples += 1
        self.stretch = self.stretch + 1 if bridged else 1
        self.longest = max(self.longest, self.stretch)


class Tracks:
    """The tracks of one recording; grows with the faces in the picture, not with its length."""

    def __init__(self) -> None:
        self._tracks: list[Track] = []
        self._seen: list[Track] = []
        self.company = 0
        """Samples in which the second of two persistent faces was seen without a break.

        Only faces that once shared a picture count as two.
        """

    def follow(self, faces: Sequence[Face], at_ms: int) -> list[Track]:
        """Return the track of each face of the next sample, in the order of the faces."""
        before = set(self._seen)
        found = self._matched(faces, before)
        for number, track in found.items():
            track.goes_on(faces[number], at_ms, unbroken=track in before)
        for number in set(range(len(faces))) - found.keys():
            found[number] = Track(faces[number], at_ms, at_ms)
        self._seen = [found[number] for number in range(len(faces))]
        self._keep_company()
        fresh = [track for track in self._seen if track.samples == 1]
        self._tracks = [*self._remembered(at_ms), *fresh]
        return self._seen

    def _matched(self, faces: Sequence[Face], before: set[Track]) -> dict[int, Track]:
        found: dict[int, Track] = {}
        for pairs in (_near(self._tracks, faces), _moved(self._tracks, faces, before)):
            for _, number, place in sorted(pairs):
                track = self._tracks[place]
                if number not in found and track not in found.values():
                    found[number] = track
        return found

    def _keep_company(self) -> None:
        for one, other in combinations(self._seen, 2):
            one.companions.add(other)
            other.companions.add(one)
        for track in self._seen:
            for companion in track.companions:
                self.company = max(self.company, min(track.longest, companion.longest))

    def _remembered(self, at_ms: int) -> Iterator[Track]:
        """Yield the tracks that may still go on; the longest one stays."""
        chief = max(self._tracks, key=lambda track: track.samples, default=None)
        gone = {one for one in self._tracks if at_ms - one.last_ms > FORGOTTEN_MS} - {chief}
        for track in self._tracks:
            track.companions -= gone
            if track not in gone:
                yield track


def overlap(one: Face, other: Face) -> float:
    """Return the intersection of two boxes over their union, 0 to 1."""
    across = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
    down = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    common = max(0.0, across) * max(0.0, down)
    union = one.area + other.area - common
    return common / union if union > 0 else 0.0


def distance(one: Face, other: Face) -> float:
    """Return how far apart the five points of two faces lie in the mean, in widths of the first."""
    width = max(one.box[2] - one.box[0], 1.0)
    return float(np.linalg.norm(one.points - other.points, axis=1).mean()) / width


def _near(tracks: Iterable[Track], faces: Sequence[Face]) -> Iterator[tuple[float, int, int]]:
    """Yield distance, number of the face and place of the track where both are one."""
    for place, track in enumerate(tracks):
        for number, face in enumerate(faces):
            apart = distance(track.face, face)
            if apart <= SAME_DISTANCE or overlap(track.face, face) >= SAME_OVERLAP:
                yield apart, number, place


def _moved(
    tracks: Iterable[Track], faces: Sequence[Face], before: set[Track]
) -> Iterator[tuple[float, int, int]]:
    """Yield the same for faces that may have moved far since the sample before."""
    for place, track in enumerate(tracks):
        for number, face in enumerate(faces if track in before else ()):
            apart, areas = distance(track.face, face), sorted((track.face.area, face.area))
            if apart <= MOVED_DISTANCE and areas[1] <= MOVED_GROWTH * areas[0]:
                yield apart, number, place
