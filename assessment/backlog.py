"""How much work waits, in assessments and in seconds of video, and what is late.

An hour of video is an hour of work, whether it came as one recording or as sixty, so that
workers are scaled on video-seconds. The service does not decode: it notes the length that a
container announces. Where there is none, the length is estimated, and said to be.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Final, Protocol

from assessment.assessment import AssessmentId, Status
from assessment.pace import Run

WAITING: Final = (Status.QUEUED, Status.PROCESSING)


@dataclass(frozen=True, slots=True)
class Heap:
    """Assessments of one status; `video_s` is the sum over the `announced` ones among them."""

    assessments: int = 0
    announced: int = 0
    video_s: float = 0.0

    @property
    def unannounced(self) -> int:
        """How many there are of which no length is known."""
        return self.assessments - self.announced


@dataclass(frozen=True, slots=True)
class Late:
    """Things whose time has come, and for how many seconds the oldest has been waiting."""

    count: int = 0
    oldest_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Work:
    """All of it at one moment; times are the store's own.

    `outbox` holds ends that nobody was told of yet, `deliveries` webhooks that are to be tried
    now, `erasures` ended assessments that were kept for their time and still are there.
    """

    heaps: Mapping[Status, Heap] = field(default_factory=dict[Status, Heap])
    outbox: Late = Late()
    deliveries: Late = Late()
    erasures: Late = Late()


class Backlog(Protocol):
    """The work that the records know of. May raise `StoreUnavailable`."""

    def announce(self, assessment_id: AssessmentId, video_s: float) -> None:
        """Note the length that the recording's container announces; forgotten at its end."""
        ...

    def look(self) -> Work:
        """Return what there is."""
        ...


def estimated_s(heap: Heap, runs: Sequence[Run]) -> float:
    """Return the video-seconds of those without a known length, by the mean of others.

    The mean is that of the latest runs, else that of the announced ones in the same heap; without
    either nothing is known, and 0 returned.
    """
    lately = [run.media_s for run in runs if run.media_s is not None]
    if lately:
        return heap.unannounced * fmean(lately)
    return heap.unannounced * heap.video_s / heap.announced if heap.announced else 0.0
