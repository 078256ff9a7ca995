"""What followers see: where assessments stand, with the estimate that belongs to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assessment.assessment import AssessmentId
from assessment.standing import Standings
from service.estimates import Estimates
from service.followers import Sight


@dataclass(frozen=True, slots=True)
class Sights:
    """Looks at many assessments at once; blocks, so it belongs in a thread."""

    standings: Standings
    estimates: Estimates

    def look(self, ids: Sequence[AssessmentId]) -> Mapping[AssessmentId, Sight]:
        """Return what is seen of each; one that is gone is left out."""
        seen = self.standings.look(ids)
        return {one: Sight(standing, self.estimates.of(standing)) for one, standing in seen.items()}
