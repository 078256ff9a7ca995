"""When a request that failed is sent again: a pure function of the fault and the tries made."""

from collections.abc import Set as AbstractSet
from typing import Final

from launch.faults import LaunchFault, Refused, Unreachable

FIRST_DELAY_S: Final = 0.5
LONGEST_DELAY_S: Final = 8.0
LONGEST_RETRY_AFTER_S: Final = 30.0
"""Whoever asks for more patience than this is told to the person instead."""

BUSY: Final = frozenset({429, 502, 503, 504})
"""Statuses that pass by themselves."""
IN_FLIGHT: Final = "idempotency_in_flight"
"""The code with which a request is refused while the same one, sent before, is worked on."""


def delay_s(
    fault: LaunchFault, failures: int, *, most: int, statuses: AbstractSet[int] = BUSY
) -> float | None:
    """Return the seconds until the next try, or None when there is none.

    `failures` counts the tries that failed, `most` how many may be followed by another one.
    """
    if failures > most:
        return None
    delay = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2 ** (failures - 1))
    if isinstance(fault, Unreachable):
        return delay
    if not isinstance(fault, Refused):
        return None
    if fault.status not in statuses and fault.code != IN_FLIGHT:
        return None
    asked_s = fault.retry_after_s or 0.0
    return max(delay, asked_s) if asked_s <= LONGEST_RETRY_AFTER_S else None
