"""The networks that score clips: faces are collected, turned into a network's inputs and sent.

    looks ─▶ one face every interval_ms, without a break ─▶ clip ─▶ inputs ─▶ Triton
                                                                       │
    observations of the clip's media time ◀── what the network said ◀──┘

Clips do not overlap. Memory holds one clip a network, and a few on their way.
"""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from assessment.ledger import Verdict
from assessment.manifest import Clip, Manifest
from assessment.measurement import Observation
from worker.answers import Scores
from worker.looking import Look
from worker.motion import flow_stack, temporal_map
from worker.scoring import Pending, Scorer, Waiting, scored
from worker.video import Pixels

EARLY: Final = 0.75
"""A frame may come this share of the interval after the last: frames do not fall on the beat."""
MOST_MISSES: Final = 2
"""Beats without a usable face that a clip outlasts."""
IN_FLIGHT: Final = 4


def _middle(faces: Pixels) -> Pixels:
    return faces[len(faces) // 2]


INPUTS: Final[Mapping[str, Callable[[Pixels], Pixels]]] = {
    "faces": _middle,
    "appearance": _middle,
    "temporal_map": temporal_map,
    "flow": flow_stack,
}
"""What a clip (T, S, S, 3) becomes, by the name of the input that it is for."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The faces of one clip, (T, S, S, 3) uint8 RGB, and its first and last media time."""

    faces: Pixels
    start_ms: int
    end_ms: int


@dataclass(slots=True)
class Collector:
    """Collects the faces of one clip after the other."""

    clip: Clip
    _faces: list[Pixels] = field(default_factory=list[Pixels])
    _times_ms: list[int] = field(default_factory=list[int])
    _beat_ms: float = -np.inf
    _misses: int = 0

    def see(self, look: Look) -> Taken | None:
        """Take a look when it is due; return the clip that it completes."""
        at_ms = look.seen.at_ms
        if at_ms < self._beat_ms + EARLY * self.clip.interval_ms:
            return None
        self._beat_ms = at_ms
        if look.crop is None:
            self._miss()
            return None
        self._misses = 0
        self._faces.append(look.crop)
        self._times_ms.append(at_ms)
        return self._take() if len(self._faces) == self.clip.frames else None

    def _miss(self) -> None:
        self._misses += 1
        if self._misses > MOST_MISSES:
            self._faces.clear()
            self._times_ms.clear()

    def _take(self) -> Taken:
        taken = Taken(np.stack(self._faces), self._times_ms[0], self._times_ms[-1])
        self._faces.clear()
        self._times_ms.clear()
        return taken


@dataclass(frozen=True, slots=True)
class Answer:
    """What a network said of a stretch of media time: values (width,) float32."""

    manifest: Manifest
    start_ms: int
    end_ms: int
    values: Scores


@dataclass(frozen=True, slots=True)
class _Flying:
    manifest: Manifest
    taken_ms: tuple[int, int]
    pending: Pending


class Clips:
    """Scores clips with the networks that take them."""

    def __init__(self, scorer: Scorer, networks: Iterable[Manifest], waiting: Waiting) -> None:
        self._scorer = scorer
        self._waiting = waiting
        self._collectors = [
            (manifest, Collector(manifest.clip))
            for manifest in networks
            if manifest.clip is not None
        ]
        self._flying: deque[_Flying] = deque()
        self._answers: list[Answer] = []

    def watch(self, looks: Iterable[Look]) -> Iterator[Look]:
        """Pass the looks on; clips that are complete are sent on the way."""
        for look in looks:
            for manifest, collector in self._collectors:
                taken = collector.see(look)
                if taken is not None:
                    self._send(manifest, taken)
            yield look

    def fill_in(self, observations: Iterable[Observation]) -> list[Observation]:
        """Return the observations with what was said of the clips that they lie in."""
        filled = list(observations)  # Only this sends the clips.
        while self._flying:
            self._receive()
        times_ms = [seen.at_ms for seen in filled]
        for answer in self._answers:
            first = bisect_left(times_ms, answer.start_ms)
            for i in range(first, bisect_right(times_ms, answer.end_ms)):
                if filled[i].verdict is Verdict.USED:
                    filled[i] = scored(filled[i], answer.manifest, answer.values)
        return filled

    def cancel(self) -> None:
        """Want nothing of what is on its way."""
        while self._flying:
            self._flying.popleft().pending.cancel()

    def _send(self, manifest: Manifest, taken: Taken) -> None:
        if len(self._flying) == IN_FLIGHT:
            self._receive()
        with self._waiting.watch.timing("motion"):
            rows = {one.name: INPUTS[one.name](taken.faces)[None] for one in manifest.inputs}
        pending = self._scorer.submit_rows(manifest.name, rows)
        self._flying.append(_Flying(manifest, (taken.start_ms, taken.end_ms), pending))

    def _receive(self) -> None:
        flying = self._flying.popleft()
        values = self._waiting.scores(flying.pending)[flying.manifest.name][0]
        self._answers.append(Answer(flying.manifest, *flying.taken_ms, values))
