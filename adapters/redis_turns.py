"""The port `Turns` over Redis; `turns.lua` says what is kept where."""

from typing import Final

import redis

from adapters.redis_records import QUEUED, RECORD
from adapters.redis_store import PREFIX, Scripts
from assessment.assessment import AssessmentId

TURNS: Final = PREFIX + "turns"
OF_TENANT: Final = PREFIX + "turns:"
TAKEN: Final = PREFIX + "turns-taken"
NOW: Final = PREFIX + "turns-now"


class RedisTurns:
    """Whose turn it is, for any number of workers at once."""

    def __init__(self, client: "redis.Redis") -> None:
        self._run = Scripts(client, "turns.lua")

    def enter(self, assessment_id: AssessmentId) -> None:
        """Let a queued assessment wait for its turn."""
        keys = [RECORD + assessment_id, QUEUED, TURNS, TAKEN, NOW]
        self._run("enter", keys, assessment_id, OF_TENANT)

    def next(self, told: AssessmentId) -> AssessmentId:
        """Return and remove whose turn it is."""
        keys = [RECORD + told, TURNS, TAKEN, NOW]
        return AssessmentId(self._run("next", keys, told, OF_TENANT, RECORD))
