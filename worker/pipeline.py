"""From a recording to what was measured in it, in the order it happens.

    decode ─▶ look (detect, choose, align, judge) ─┬─▶ faces ─────────▶ score ─▶ observations
                                                   ├─▶ clips ─────────▶ score ─▶   "
                                                   └─▶ brief motions ─▶ score ─▶ events
    features of all faces ────────────────────────────────────────────▶ score ─▶ wholes

Every stage takes an iterator and gives one; memory holds a few frames and a few batches,
whatever the length. No Celery: a test, a notebook or a benchmark can call `Pipeline` as it is.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Final

from assessment.faults import ModelContract
from assessment.kept_faces import MOST
from assessment.manifest import CLIP, EVENT, FRAME, SET, Manifest
from assessment.measurement import STILL_CONTAINERS, Measurement, Media, Observation
from assessment.recording_faults import DecoderCrashed
from assessment.request import EVERY_FRAME, AssessmentRequest, Sampling
from assessment.thresholds import Thresholds
from worker.album import Album
from worker.brief import BriefMotions
from worker.clips import Clips
from worker.heartbeat import Heartbeat, Report
from worker.looking import Faces, Look, Looker
from worker.sampling import Pace
from worker.scoring import Scorer, Scoring, Waiting, batches
from worker.stopwatch import Stopwatch
from worker.video import Frame, Limits, Recording, decode
from worker.wholes import Wholes

SPARSE: Final = 1.5
"""Samples this much rarer than asked for are as rare as the recording's own frames."""
SLOWEST_MS: Final = 1000.0
"""A frame of a recording that is slower than one a second stands for no more than this."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The stages, chosen once by `worker.lane_builder`. May be called many times, not at once."""

    limits: Limits
    faces: Faces
    scorer: Scorer
    manifests: Mapping[str, Manifest]
    batch_faces: int
    thresholds: Thresholds = field(default_factory=Thresholds)
    clock: Callable[[], float] = time.monotonic

    def __call__(self, video: Path, request: AssessmentRequest, report: Report) -> Measurement:
        """Measure one recording.

        `report` is called for every batch and at least about every second; what it
        raises ends the work and passes through. Raises an `Unusable` for the recording, or
        `InferenceUnavailable` or `ModelContract` for Triton.
        """
        watch, heart = Stopwatch(self.clock), Heartbeat(report, self.clock)
        looker = Looker(self.faces, request.subject, self.thresholds, watch)
        networks = networks_of(request, self.manifests)
        sampling = looked_at(request.sampling, networks)
        stages = Stages.of(self.scorer, networks, Waiting(heart, watch))
        album = Album(MOST if request.include_faces else 0)
        try:
            with decode(video, sampling, self.limits, heart.beat) as recording:
                heart.expect(recording.media.announced_ms)
                looks = album.watch(map(looker, _beating(recording, heart)))
                due = None if sampling == request.sampling else Pace(request.sampling)
                observations = stages.observations(looks, due, self.batch_faces)
                media = _media(recording, observations, request.sampling, sampling)
            wholes, events = stages.wholes.scores(), stages.brief.events()
            timings_ms = watch.timings_ms(decode=recording.waited_ms)
        finally:
            stages.clips.cancel()
        return Measurement(
            media=media,
            observations=tuple(observations),
            timings_ms=timings_ms,
            wholes=wholes,
            events=events,
            company_ms=round(looker.company * media.sample_interval_ms),
            thresholds=asdict(self.thresholds),
            versions={one.name: one.version for one in networks},
            kept_faces=album.faces(looker.chief),
        )


@dataclass(frozen=True, slots=True)
class Stages:
    """The scoring stages of one recording, one a kind of network."""

    frames: Scoring
    clips: Clips
    wholes: Wholes
    brief: BriefMotions

    @classmethod
    def of(cls, scorer: Scorer, networks: Sequence[Manifest], waiting: Waiting) -> "Stages":
        """Return the stages, each with its networks."""

        def kind(name: str) -> list[Manifest]:
            return [manifest for manifest in networks if manifest.kind == name]

        wholes = Wholes(scorer, kind(SET), waiting)
        frames = {manifest.name: manifest for manifest in kind(FRAME)}
        return cls(
            frames=Scoring(scorer, frames, waiting, wholes.keep),
            clips=Clips(scorer, kind(CLIP), waiting),
            wholes=wholes,
            brief=BriefMotions(scorer, kind(EVENT), waiting),
        )

    def observations(
        self, looks: Iterable[Look], pace: Pace | None, batch_faces: int
    ) -> list[Observation]:
        """Take every look through the stages; return what was seen and said, frame after frame.

        With a pace, single faces are scored at it and no faster.
        """
        watched = self.brief.watch(self.clips.watch(looks))
        due = thinned(watched, pace) if pace else watched
        return self.clips.fill_in(self.frames(batches(due, batch_faces)))


def networks_of(
    request: AssessmentRequest, manifests: Mapping[str, Manifest]
) -> tuple[Manifest, ...]:
    """Return the networks that the analyses need, and those whose features these need."""
    unknown = [name for name in request.models if name not in manifests]
    if unknown:
        raise ModelContract(f"no network {unknown[0]} is served here")
    asked = [manifests[name] for name in request.models]
    wanted = [manifest for manifest in asked if manifest.task in request.analyses]
    behind = {manifest.features for manifest in wanted if manifest.features}
    return (*wanted, *(manifests[name] for name in sorted(behind)))


def looked_at(sampling: Sampling, networks: Iterable[Manifest]) -> Sampling:
    """Return which frames are looked at: all of them where a network needs more than are scored.

    Brief motion is sought in every frame, and a clip has its own beat. All, not as many as the
    beat asks for, so that the frames which are scored stay the same ones.
    """
    for manifest in networks:
        beat_ms = manifest.clip.interval_ms if manifest.clip else None
        if manifest.kind == EVENT or (beat_ms and beat_ms < (sampling.every_ms or 0)):
            return EVERY_FRAME
    return sampling


def thinned(looks: Iterable[Look], pace: Pace) -> Iterator[Look]:
    """Yield all looks, the faces of those that are not to be scored taken out."""
    for look in looks:
        due = pace.due(look.seen.frame, look.seen.at_ms)
        yield look if due else replace(look, crop=None)


def _beating(frames: Iterable[Frame], heart: Heartbeat) -> Iterator[Frame]:
    for frame in frames:
        yield frame
        heart.seen(frame.at_ms)
        heart.beat()


def _media(
    recording: Recording,
    observations: Sequence[Observation],
    scored: Sampling,
    seen: Sampling,
) -> Media:
    if recording.end is None:
        raise DecoderCrashed("the recording was not read to its end")
    source = recording.media
    times_ms = [row.at_ms for row in observations]
    pace = Pace(scored)
    scored_ms = [row.at_ms for row in observations if pace.due(row.frame, row.at_ms)]
    return Media(
        width=source.width,
        height=source.height,
        codec=source.codec,
        container=source.container,
        frames=recording.end.frames,
        duration_ms=0 if source.container in STILL_CONTAINERS else recording.end.duration_ms,
        sample_interval_ms=interval_ms(times_ms, seen),
        scored_interval_ms=interval_ms(scored_ms, scored),
    )


def interval_ms(times_ms: Sequence[int], sampling: Sampling) -> float:
    """Return the media time that one of the frames stands for; 0 for a single frame.

    `every_ms`, or the median interval: when counting frames, and where the recording has
    fewer frames than were asked for. Two frames ten minutes apart do not show ten minutes.
    """
    intervals = [after - before for before, after in pairwise(times_ms)]
    if not intervals:
        return 0.0
    usual, every_ms = float(median(intervals)), sampling.every_ms
    longest = every_ms or SLOWEST_MS * (sampling.every_n_frames or 1)
    if every_ms is None or usual > SPARSE * every_ms:
        return min(usual, max(SLOWEST_MS, float(longest)))
    return float(every_ms)
