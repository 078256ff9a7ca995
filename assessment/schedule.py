"""When a delivery that failed is tried again: a pure function of the attempts made."""

from collections.abc import Sequence
from typing import Final

SECONDS: Final = 1.0
MINUTES: Final = 60 * SECONDS
HOURS: Final = 60 * MINUTES

DELAYS_S: Final = (
    5 * SECONDS,
    30 * SECONDS,
    2 * MINUTES,
    10 * MINUTES,
    30 * MINUTES,
    2 * HOURS,
    6 * HOURS,
    15 * HOURS,
)
"""The last try is a little under 24 hours after the first."""
JITTER: Final = 0.2
LONGEST_RETRY_AFTER_S: Final = 6 * HOURS


def next_try_s(
    attempts: int,
    *,
    chance: float,
    retry_after_s: float | None = None,
    delays_s: Sequence[float] = DELAYS_S,
) -> float | None:
    """Return the seconds until the next try, or None when all tries are used up.

    `attempts` counts the tries made, `delays_s` are the waits between them; `chance` in [0, 1)
    spreads receivers' recovery by up to 20 % either way; a receiver's `Retry-After` is honoured
    up to six hours.
    """
    if attempts > len(delays_s):
        return None
    delay = delays_s[attempts - 1] * (1 - JITTER + 2 * JITTER * chance)
    return max(delay, min(retry_after_s or 0.0, LONGEST_RETRY_AFTER_S))
