"""Remaining times for answers and events, from a pace that is read at most every few seconds."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from assessment.eta import Eta, remaining
from assessment.faults import Unavailable
from assessment.pace import Pace, Run
from assessment.ports import Clock, Roster
from assessment.standing import Standing

VALID: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class _Known:
    at: datetime
    runs: Sequence[Run]
    workers: int


@dataclass(slots=True)
class Estimates:
    """Estimates from the workers' pace and number. Several threads may ask at once."""

    pace: Pace
    roster: Roster
    clock: Clock
    _known: _Known | None = field(default=None, init=False)

    def of(self, standing: Standing) -> Eta | None:
        """Return the time until the end, or None; an absent store is no reason to fail."""
        if standing.status.final:
            return None
        now = self.clock()
        try:
            known = self._lately(now)
        except Unavailable:
            return None
        return remaining(standing, runs=known.runs, workers=known.workers, at=now)

    def _lately(self, now: datetime) -> _Known:
        known = self._known
        if known is None or not timedelta() <= now - known.at < VALID:
            known = _Known(now, self.pace.lately(), len(self.roster.present()))
            self._known = known
        return known
