"""The stage that scores faces one by one: batches go out, a few in flight, and come back in order.

    batches of looks ─▶ submit ─▶ … ─▶ observations with what each network said

While Triton scores one batch, the next is decoded and looked at.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np

from assessment.manifest import FEATURES, Manifest
from assessment.measurement import Observation
from assessment.request import Analysis
from worker.answers import Rows, Scores
from worker.heartbeat import Heartbeat
from worker.looking import Look
from worker.stopwatch import Stopwatch
from worker.video import Pixels

IN_FLIGHT: Final = 3
"""Batches that wait for Triton at once: one computed, one queued, one being answered."""
WAIT_SLICE_S: Final = 0.5


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
    """Scores with the networks that are asked for."""

    def submit(self, faces: Pixels, networks: Sequence[str]) -> Pending:
        """Send (n, 224, 224, 3) uint8 RGB to each network; returns at once."""
        ...

    def submit_rows(self, network: str, rows: Rows) -> Pending:
        """Send inputs by name, each (n, ...) of its own data type, to one network."""
        ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """Waits for scores without letting the lease run out."""

    heart: Heartbeat
    watch: Stopwatch

    def scores(self, pending: Pending) -> dict[str, Scores]:
        """Return the scores; whatever happens, nothing of them is wanted afterwards."""
        try:
            with self.watch.timing("infer"):
                while not pending.wait(WAIT_SLICE_S):
                    self.heart.beat()
            return pending.scores()
        finally:
            pending.cancel()


@dataclass(frozen=True, slots=True)
class Sent:
    """A batch at Triton; `pending` is None when it holds nothing to score."""

    seen: list[Observation]
    used: list[int]
    pending: Pending | None


class Scoring:
    """Scores batches of looks with the networks that take single faces.

    `keep` is given the features (n, D) that other networks work on, by the network they are from.
    """

    def __init__(
        self,
        scorer: Scorer,
        networks: Mapping[str, Manifest],
        waiting: Waiting,
        keep: Callable[[str, Scores], None],
    ) -> None:
        self._scorer = scorer
        self._networks = networks
        self._waiting = waiting
        self._keep = keep

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
        return Sent(seen, list(crops), self._scorer.submit(faces, tuple(self._networks)))

    def _receive(self, sent: Sent) -> list[Observation]:
        """Wait for the batch, heart beating, and put its scores into its observations."""
        if sent.pending is not None:
            scores = self._waiting.scores(sent.pending)
            for name, values in scores.items():
                manifest = self._networks[name]
                if manifest.task == FEATURES:
                    self._keep(name, values)
                    continue
                for row, i in enumerate(sent.used):
                    sent.seen[i] = scored(sent.seen[i], manifest, values[row])
        self._waiting.heart.scored(sent.seen[-1].at_ms)
        self._waiting.heart.beat_now()
        return sent.seen


def scored(seen: Observation, manifest: Manifest, values: Scores) -> Observation:
    """Return the observation with what a network said of it, (width,) float32."""
    if manifest.task == Analysis.SEVERITY:
        return replace(seen, severity=(*seen.severity, (manifest.name, float(values[0]))))
    shown = tuple(float(value) for value in values)
    return replace(seen, expression=(*seen.expression, (manifest.name, shown)))


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
