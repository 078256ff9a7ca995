"""The port `Timetable` over Redis: two sets of ids, by the time that is asked for."""

import redis

from adapters.redis_index import DEADLINES, ERASURES
from adapters.redis_records import RECORD
from adapters.redis_store import Scripts
from assessment.assessment import AssessmentId


class RedisTimetable:
    """Reads what the scripts of `RedisRecords` keep."""

    def __init__(self, client: "redis.Redis") -> None:
        self._run_of_records = Scripts(client)
        self._run = Scripts(client, "timetable.lua")

    def overdue(self, limit: int) -> list[AssessmentId]:
        """Return assessments that have not ended by their deadline."""
        return self._due(DEADLINES, limit)

    def outlived(self, limit: int) -> list[AssessmentId]:
        """Return ended assessments that were kept for as long as they were to be."""
        return self._due(ERASURES, limit)

    def keep_at_most(self, assessment_id: AssessmentId, seconds: float) -> None:
        """Have an ended assessment erased so many seconds from now, unless it is sooner."""
        self._run("keep_at_most", [RECORD + assessment_id, ERASURES], assessment_id, seconds)

    def _due(self, key: str, limit: int) -> list[AssessmentId]:
        return [AssessmentId(one) for one in self._run_of_records("due", [key], limit)]
