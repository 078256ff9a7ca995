"""From a recording to what was measured in it, in the order it happens.

    decode ─▶ look (detect, choose, align, judge) ─▶ batch ─▶ score ─▶ observations

Every stage takes an iterator and gives one; memory holds a few frames and a few batches,
whatever the length. While Triton scores one batch, the next is decoded and looked at.
No Celery: a test, a notebook or a benchmark can call `Pipeline` as it is.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Final, Protocol

import numpy as np

from assessment.aggregation import EXPRESSION_MODEL
from assessment.faults import DecoderCrashed
from assessment.measurement import Measurement, Media, Observation
from assessment.request import Analysis, AssessmentRequest
from worker.answers import Scores
from worker.heartbeat import Heartbeat, Report
from worker.looking import Faces, Look, Looker
from worker.quality import Thresholds
from worker.stopwatch import Stopwatch
from worker.video import Frame, Limits, Pixels, Recording, decode

IN_FLIGHT: Final = 3
"""Batches that wait for Triton at once: one computed, one queued, one being answered."""
WAIT_SLICE_S: Final = 0.5
SPARSE: Final = 1.5
"""Samples this much rarer than asked for are as rare as the recording's own frames."""


class Pending(Protocol):
    """The scores of one batch, on their way."""

    def wait(self, seconds: float) -> bool:
        """Wait at most so long; return whether `scores` will return at once."""
        ...

    def scores(self) -> dict[str, Scores]:
        """Return (n, width) float32 for each network."""
        ...

    def cancel(self) -> None:
        """Want the scores no longer."""
        ...


class Scorer(Protocol):
    """Scores aligned faces with the networks that are asked for."""

    def submit(self, faces: Pixels, networks: Sequence[str]) -> Pending:
        """Send (n, 224, 224, 3) uint8 RGB to each network; returns at once."""
        ...


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The stages, chosen once by `worker.app`. May be called many times, not at once."""

    limits: Limits
    faces: Faces
    scorer: Scorer
    batch_faces: int
    thresholds: Thresholds = field(default_factory=Thresholds)
    clock: Callable[[], float] = time.monotonic

    def __call__(self, video: Path, request: AssessmentRequest, report: Report) -> Measurement:
        """Measure one recording.

        `report` is called for every batch and at least about every two seconds; what it
        raises ends the work and passes through. Raises an `Unusable` for the recording, or
        `InferenceUnavailable` or `ModelContract` for Triton.
        """
        watch, heart = Stopwatch(self.clock), Heartbeat(report, self.clock)
        looker = Looker(self.faces, request.subject, self.thresholds, watch)
        scoring = Scoring(self.scorer, networks_of(request), heart, watch)
        with decode(video, request.sampling, self.limits, heart.beat) as recording:
            heart.expect(recording.media.announced_ms)
            looks = map(looker, _beating(recording, heart))
            observations = tuple(scoring(batches(looks, self.batch_faces)))
            media = _media(recording, observations, request)
            timings_ms = watch.timings_ms(decode=recording.waited_ms)
        return Measurement(media, observations, timings_ms)


def networks_of(request: AssessmentRequest) -> tuple[str, ...]:
    """Return the networks that the analyses need."""
    severity = request.models if Analysis.SEVERITY in request.analyses else ()
    expression = (EXPRESSION_MODEL,) if Analysis.EXPRESSION in request.analyses else ()
    return (*severity, *expression)


def batches(looks: Iterable[Look], size: int) -> Iterator[list[Look]]:
    """Yield runs of looks that hold `size` faces to score, the last one maybe fewer."""
    batch: list[Look] = []
    faces = 0
    for look in looks:
        batch.append(look)
        faces += look.crop is not None
        if faces == size:
            yield batch
            batch, faces = [], 0
    if batch:
        yield batch


@dataclass(frozen=True, slots=True)
class Sent:
    """A batch at Triton; `pending` is None when it holds nothing to score."""

    seen: list[Observation]
    used: list[int]
    pending: Pending | None


class Scoring:
    """The stage that scores batches, a few in flight, and keeps their order."""

    def __init__(
        self, scorer: Scorer, networks: Sequence[str], heart: Heartbeat, watch: Stopwatch
    ) -> None:
        self._scorer = scorer
        self._networks = networks
        self._heart = heart
        self._watch = watch

    def __call__(self, looks: Iterable[list[Look]]) -> Iterator[Observation]:
        """Yield the observations in the order of media time; cancels what is left behind."""
        flying: deque[Sent] = deque()
        try:
            for batch in looks:
                if len(flying) == IN_FLIGHT:
                    yield from self._receive(flying.popleft())
                flying.append(self._send(batch))
            while flying:
                yield from self._receive(flying.popleft())
        finally:
            for sent in flying:
                if sent.pending is not None:
                    sent.pending.cancel()

    def _send(self, batch: list[Look]) -> Sent:
        crops = {i: look.crop for i, look in enumerate(batch) if look.crop is not None}
        seen = [look.seen for look in batch]
        if not crops or not self._networks:
            return Sent(seen, [], None)
        faces = np.stack(list(crops.values()))
        return Sent(seen, list(crops), self._scorer.submit(faces, self._networks))

    def _receive(self, sent: Sent) -> list[Observation]:
        """Wait for the batch, heart beating, and put its scores into its observations."""
        if sent.pending is not None:
            scores = self._scores(sent.pending)
            for row, i in enumerate(sent.used):
                sent.seen[i] = _scored(sent.seen[i], scores, row)
        self._heart.scored(sent.seen[-1].at_ms)
        self._heart.beat_now()
        return sent.seen

    def _scores(self, pending: Pending) -> dict[str, Scores]:
        try:
            with self._watch.timing("infer"):
                while not pending.wait(WAIT_SLICE_S):
                    self._heart.beat()
            return pending.scores()
        finally:
            pending.cancel()


def _scored(seen: Observation, scores: dict[str, Scores], row: int) -> Observation:
    severity = {name: values for name, values in scores.items() if name != EXPRESSION_MODEL}
    shown = scores.get(EXPRESSION_MODEL)
    return replace(
        seen,
        severity=tuple((name, float(values[row, 0])) for name, values in severity.items()),
        expression=tuple(float(value) for value in shown[row]) if shown is not None else (),
    )


def _beating(frames: Iterable[Frame], heart: Heartbeat) -> Iterator[Frame]:
    for frame in frames:
        yield frame
        heart.seen(frame.at_ms)
        heart.beat()


def _media(
    recording: Recording, observations: Sequence[Observation], request: AssessmentRequest
) -> Media:
    if recording.end is None:
        raise DecoderCrashed("the recording was not read to its end")
    source = recording.media
    return Media(
        width=source.width,
        height=source.height,
        codec=source.codec,
        container=source.container,
        frames=recording.end.frames,
        duration_ms=recording.end.duration_ms,
        sample_interval_ms=sample_interval_ms(observations, request.sampling.every_ms),
    )


def sample_interval_ms(observations: Sequence[Observation], every_ms: int | None) -> float:
    """Return the media time that one sample stands for; 0 for a single frame.

    `every_ms`, or the median interval: when counting frames, and where the recording has
    fewer frames than were asked for.
    """
    intervals = [after.at_ms - before.at_ms for before, after in pairwise(observations)]
    if not intervals:
        return 0.0
    usual = float(median(intervals))
    if every_ms is None or usual > SPARSE * every_ms:
        return usual
    return float(every_ms)
