"""Which assessments have nothing left to erase, so that nobody looks again until something changes.

Looking at one costs a question to the store and eight to the disk; with thousands stored, most of
a sweeper's time went there. That nothing changed since the last look costs one to the disk.
"""

import time
from collections.abc import Callable, Collection
from typing import Final

from assessment.assessment import AssessmentId

MARGIN_S: Final = 2.0
"""File systems tell times to the second, or to a tick: what changed so shortly before a look may
have changed after it."""
TRUSTED_S: Final = 600.0
"""After this one is looked at again all the same: the system's clock may have jumped, or nobody
heard of a deletion in whose middle the service died."""


class Clean:
    """Remembers when each was found clean, by a clock that does not jump."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._found_s: dict[AssessmentId, float] = {}

    def note(self, assessment_id: AssessmentId) -> None:
        """Remember that nothing is left of it now that must not be there."""
        self._found_s[assessment_id] = self._clock()

    def is_still(self, assessment_id: AssessmentId, *, unchanged_s: float) -> bool:
        """Say whether it was found clean, and has not changed since; it changed so long ago."""
        found_s = self._found_s.get(assessment_id)
        if found_s is None:
            return False
        since_s = self._clock() - found_s
        return since_s < TRUSTED_S and unchanged_s >= since_s + MARGIN_S

    def keep(self, stored: Collection[AssessmentId]) -> None:
        """Forget all but these."""
        for gone in set(self._found_s).difference(stored):
            self.forget(gone)

    def forget(self, assessment_id: AssessmentId) -> None:
        """Have it looked at again: it took a step; from any thread."""
        self._found_s.pop(assessment_id, None)
