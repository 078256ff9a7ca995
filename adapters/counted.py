"""Records and deliveries that are counted as they change, in whichever process that is."""

from typing import Any

import redis

from adapters.meters import AssessmentMeters, WebhookMeters
from adapters.redis_deliveries import RedisDeliveries
from adapters.redis_records import RedisRecords
from assessment.assessment import Assessment, Progress
from assessment.deliveries import Delivery, Settlement
from assessment.faults import Stale


class CountedRecords(RedisRecords):
    """The port `Records`; what was stored is counted, what was refused is not."""

    def __init__(self, client: "redis.Redis", meters: AssessmentMeters) -> None:
        super().__init__(client)
        self._meters = meters

    def add(self, assessment: Assessment, **how: Any) -> None:
        """Store a new assessment and count it."""
        super().add(assessment, **how)
        self._meters.created(assessment)

    def save(self, assessment: Assessment, *, was: Assessment, **how: Any) -> None:
        """Replace the stored assessment and count the step."""
        super().save(assessment, was=was, **how)
        self._meters.moved(was, assessment)

    def renew(self, assessment: Assessment, progress: Progress, *, lease_s: float) -> None:
        """Extend the lease; count it when it was taken away."""
        try:
            super().renew(assessment, progress, lease_s=lease_s)
        except Stale:
            self._meters.taken_away()
            raise

    def erase(self, assessment: Assessment) -> None:
        """Forget the assessment and count that."""
        super().erase(assessment)
        self._meters.erased()


class CountedDeliveries(RedisDeliveries):
    """The port `Deliveries`; every try that is settled is counted."""

    def __init__(self, client: "redis.Redis", meters: WebhookMeters) -> None:
        super().__init__(client)
        self._meters = meters

    def settle(self, delivery: Delivery, settlement: Settlement) -> None:
        """Note how the last attempt ended, and count it."""
        super().settle(delivery, settlement)
        self._meters.settled(settlement)
