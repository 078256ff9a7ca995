"""The ports `Rates` and `OpenAssessments` over Redis.

mien:rate:…    the library's moving windows: times of what was let through
"""

import time
from collections.abc import Sequence
from math import ceil
from typing import Final, cast

import redis
from limits import RateLimitItemPerSecond
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter

from adapters.redis_index import index_of, read
from adapters.redis_store import PREFIX, reachable
from assessment.assessment import AssessmentId, Status, Tenant
from assessment.quotas import Budget, Policy

RATE: Final = PREFIX + "rate"
OPEN: Final = (Status.QUEUED, Status.PROCESSING)


class RedisRates:
    """Moving windows, as the library `limits` keeps them on our connections to Redis."""

    def __init__(self, client: "redis.Redis") -> None:
        storage = RedisStorage("redis://", client.connection_pool, key_prefix=RATE)
        self._windows = MovingWindowRateLimiter(storage)

    def spend(self, tenant: Tenant, policy: Policy, cost: int = 1) -> Budget:
        """Count `cost` against the policy's window, unless it does not fit in any more."""
        item = RateLimitItemPerSecond(policy.limit, policy.window_s, namespace=policy.name)
        with reachable():
            granted = self._windows.hit(item, tenant, cost=cost)
            window = self._windows.get_window_stats(item, tenant)
        # The library measures by this machine's clock, and so does what is left of the window.
        reset_s = ceil(window.reset_time - time.time())  # noqa: TID251
        return Budget(policy, max(0, window.remaining), granted, max(1, reset_s))


class RedisOpenAssessments:
    """The lists of a tenant's queued and processing assessments, which `RedisRecords` keeps."""

    def __init__(self, client: "redis.Redis") -> None:
        self._client = client

    def of(self, tenant: Tenant) -> Sequence[AssessmentId]:
        """Return those that are queued or processing."""
        with reachable(), self._client.pipeline(transaction=True) as both:
            for status in OPEN:
                both.zrange(index_of(tenant, status), 0, -1)
            found = cast("list[list[str]]", both.execute())
        return [read(place).id for places in found for place in places]
