"""Erases feedback whose time is over; it is kept apart from its assessment, and longer."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from assessment.feedback import FeedbackStore
from assessment.ports import Clock

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StaleFeedback:
    """Feedback that was kept for its time. Any number may look at once."""

    store: FeedbackStore
    clock: Clock
    ttl_s: int

    def erase(self) -> int:
        """Erase it and return how much there was."""
        now = self.clock()
        stale = [one for one in self.store.all() if one.erase_at(self.ttl_s) <= now]
        for one in stale:
            self.store.remove(one)
        damaged = self.store.erase_damaged(now - timedelta(seconds=self.ttl_s))
        if stale or damaged:
            said = "%s totals of feedback were kept for their time and erased, %s of them damaged"
            log.info(said, len(stale) + damaged, damaged)
        return len(stale) + damaged
