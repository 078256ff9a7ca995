"""Whose face is measured. Follows a place, never an identity."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from assessment.request import Select, Subject
from worker.faces import Face
from worker.tracks import Track, Tracks

ESTABLISHED_MS: Final = 1000
"""A subject seen for this long is not exchanged for a face that was seen beside it,"""
LOST_MS: Final = 2000
"""unless nothing was seen of it for longer than this."""


class Follower:
    """Chooses the subject's face in one sample after another."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._tracks = Tracks()
        self._chief: Track | None = None
        self._times: Counter[Track] = Counter()
        self._followed: Track | None = None

    @property
    def company(self) -> int:
        """Samples for which a second face stayed; see `Tracks.company`."""
        return self._tracks.company

    @property
    def followed(self) -> Track | None:
        """The track that was chosen last."""
        return self._followed

    @property
    def chief(self) -> Track | None:
        """The track that was chosen most often: the subject, as far as places can tell."""
        return self._chief

    def choose(self, faces: Sequence[Face], width: int, height: int, at_ms: int) -> Face | None:
        """Return the subject's face in a picture of that size, or None when it is not there.

        `region`: the largest face whose centre lies in the region. Otherwise the face that was
        followed longest, else the one followed last, else the largest that can be the subject.
        """
        seen = self._tracks.follow(faces, at_ms)
        if self._subject.select is Select.REGION:
            inside = [track for track in seen if self._inside(track.face, width, height)]
            track = max(inside, key=lambda track: track.face.area, default=None)
        else:
            track = self._subject_of(seen, at_ms)
        if track is None:
            return None
        self._followed = track
        self._times[track] += 1
        if self._chief is None or self._times[track] >= self._times[self._chief]:
            self._chief = track
        return track.face

    def _subject_of(self, seen: Sequence[Track], at_ms: int) -> Track | None:
        for track in (self._chief, self._followed):
            if track in seen:
                return track
        free = [track for track in seen if self._may_be_subject(track, at_ms)]
        return max(free, key=lambda track: track.face.area, default=None)

    def _may_be_subject(self, track: Track, at_ms: int) -> bool:
        """Tell whether a face may be that of a subject who moved, or who has yet to be found."""
        chief = self._chief
        return (
            chief is None
            or track not in chief.companions
            or chief.span_ms < ESTABLISHED_MS
            or at_ms - chief.last_ms > LOST_MS
        )

    def _inside(self, face: Face, width: int, height: int) -> bool:
        left, top, across, down = self._subject.region or (0.0, 0.0, 1.0, 1.0)
        x, y = face.centre[0] / width, face.centre[1] / height
        return left <= x <= left + across and top <= y <= top + down
