"""Whether Redis keeps what it is told: it holds the only record of every assessment."""

from typing import cast

import redis


def keeps_writes(client: "redis.Redis") -> bool | None:
    """Say whether Redis writes an append-only file; None when it does not answer, or does not say.

    A managed Redis may hide it, and one that is away at the start is told of elsewhere.
    """
    try:
        said = client.info("persistence")
    except redis.RedisError:
        return None
    enabled = cast("dict[str, int]", said).get("aof_enabled")
    return None if enabled is None else bool(enabled)
