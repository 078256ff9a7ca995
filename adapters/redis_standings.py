"""Where many assessments stand, read from the records of `adapters.redis_records` in one trip."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import redis

from adapters.redis_records import QUEUED
from adapters.redis_store import PREFIX, Scripts
from assessment.assessment import AssessmentId, Outcome, Progress, Stage, Status
from assessment.standing import Standing


class RedisStandings:
    """The port `Standings` over Redis."""

    def __init__(self, client: "redis.Redis") -> None:
        self._run = Scripts(client, "standings.lua")

    def look(self, ids: Sequence[AssessmentId]) -> Mapping[AssessmentId, Standing]:
        """Return where each stands; one that is gone is left out."""
        records = [f"{PREFIX}assessment:{one}" for one in ids]
        answers = self._run("look", [QUEUED, *records], *ids)
        found = zip(ids, answers, strict=True)
        return {one: _standing(*fields) for one, fields in found if fields[0] is not None}


def _standing(
    status: str, attempt: str, stage: str, percent: str, document: str, position: int | None
) -> Standing:
    kept: dict[str, Any] = json.loads(document)
    return Standing(
        status=Status(status),
        outcome=Outcome(kept["outcome"]) if kept["outcome"] else None,
        attempt=int(attempt),
        progress=Progress(Stage(stage), int(percent)),
        since=datetime.fromisoformat(kept["updated_at"]),
        queue_position=position,
    )
