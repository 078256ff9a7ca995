"""The networks that name brief motions: a spotter finds them, Triton says what they show.

every look ─▶ spotter ─▶ onset, apex, offset and the motion between ─▶ Triton ─▶ events
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np

from assessment.manifest import Manifest
from assessment.measurement import Event
from worker.looking import Look
from worker.scoring import Scorer, Waiting
from worker.spotting import Candidate, Spotter

BATCH: Final = 32
"""What Triton takes at once."""


class BriefMotions:
    """Spots brief motions in a recording and has each network name them."""

    def __init__(self, scorer: Scorer, networks: Iterable[Manifest], waiting: Waiting) -> None:
        self._scorer = scorer
        self._networks = tuple(networks)
        self._waiting = waiting
        self._spotter = Spotter() if self._networks else None

    def watch(self, looks: Iterable[Look]) -> Iterator[Look]:
        """Pass the looks on; the spotter sees the faces on the way."""
        for look in looks:
            if self._spotter is not None and look.crop is not None:
                with self._waiting.watch.timing("spot"):
                    self._spotter.see(look.seen.at_ms, look.crop)
            yield look

    def events(self) -> tuple[Event, ...]:
        """Return what was found, named, in the order of media time."""
        if self._spotter is None:
            return ()
        found = self._spotter.finish()
        parts = [found[at : at + BATCH] for at in range(0, len(found), BATCH)]
        return tuple(
            event
            for manifest in self._networks
            for part in parts
            for event in self._named(manifest, part)
        )

    def _named(self, manifest: Manifest, found: Sequence[Candidate]) -> Iterator[Event]:
        motions = np.stack([candidate.motion for candidate in found])
        pending = self._scorer.submit_rows(manifest.name, {manifest.inputs[0].name: motions})
        values = self._waiting.scores(pending)[manifest.name]
        for one, row in zip(found, values, strict=True):
            probabilities = tuple(float(value) for value in row)
            span = (round(one.event.onset_ms), round(one.event.apex_ms), round(one.event.offset_ms))
            yield Event(manifest.name, *span, probabilities)
