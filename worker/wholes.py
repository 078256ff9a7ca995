"""The networks that score all faces of a recording at once, from features of each.

    features (n, D) a batch ─▶ at most 1,024, evenly spaced ─▶ one call ─▶ score

The order of the faces carries nothing for such a network, and very many say what many say.
"""

from collections.abc import Iterable
from typing import Final

import numpy as np

from assessment.manifest import Manifest
from worker.answers import Rows, Scores
from worker.scoring import Scorer, Waiting

MOST_FACES: Final = 1024
"""8 MB of features in one call."""


class Features:
    """Evenly spaced features of a stream of any length, in bounded memory.

    When there are twice too many, every second goes, and from then on every second is taken.
    """

    def __init__(self, most: int = MOST_FACES) -> None:
        self._most = most
        self._every = 1
        self._seen = 0
        self._kept: list[Scores] = []

    def add(self, rows: Scores) -> None:
        """Take the next features, (n, D) float32."""
        for row in rows:
            if self._seen % self._every == 0:
                self._kept.append(row)
                if len(self._kept) == 2 * self._most:
                    self._kept = self._kept[::2]
                    self._every *= 2
            self._seen += 1

    def rows(self) -> Scores:
        """Return at most `most` of them, (T, D) float32; T is 0 when there was none."""
        count = min(len(self._kept), self._most)
        chosen = np.linspace(0, len(self._kept) - 1, count).round().astype(int)
        return np.array([self._kept[i] for i in chosen], np.float32)


class Wholes:
    """Scores recordings as wholes."""

    def __init__(self, scorer: Scorer, networks: Iterable[Manifest], waiting: Waiting) -> None:
        self._scorer = scorer
        self._waiting = waiting
        self._networks = [(one.name, one.features) for one in networks if one.features]
        self._features = {source: Features() for _, source in self._networks}

    def keep(self, network: str, rows: Scores) -> None:
        """Take the features (n, D) of the next faces."""
        if network in self._features:
            self._features[network].add(rows)

    def scores(self) -> tuple[tuple[str, float], ...]:
        """Return each network's score on the 0-63 scale; none where no face was seen."""
        found: list[tuple[str, float]] = []
        for name, source in self._networks:
            features = self._features[source].rows()
            if len(features):
                pending = self._scorer.submit_rows(name, _set_of(features))
                found.append((name, float(self._waiting.scores(pending)[name][0, 0])))
        return tuple(found)


def _set_of(features: Scores) -> Rows:
    """Return one set of T faces, none of them padding."""
    return {"features": features[None], "mask": np.ones((1, len(features)), np.float32)}
