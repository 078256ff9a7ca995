"""Where many assessments stand, in memory, for tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assessment.assessment import AssessmentId
from assessment.faults import Gone, NotFound
from assessment.ports import Records
from assessment.standing import Standing


@dataclass
class MemoryStandings:
    """The port `Standings` over records in memory."""

    records: Records

    def look(self, ids: Sequence[AssessmentId]) -> Mapping[AssessmentId, Standing]:
        """Return where each stands; one that is gone is left out."""
        standings: dict[AssessmentId, Standing] = {}
        for one in ids:
            try:
                assessment = self.records.get(one)
            except (Gone, NotFound):
                continue
            standings[one] = Standing.of(assessment, self.records.position(assessment))
        return standings
