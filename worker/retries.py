"""Which failed calls to Triton are tried again, and when: a pure function of what was seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from assessment.faults import Fault, InferenceUnavailable, ModelContract

FIRST_DELAY_S: Final = 0.5
GROWTH: Final = 3.0
LONGEST_DELAY_S: Final = 5.0

TRIES: Final[Mapping[str, int]] = {
    # Down, restarting, or its queue is full: comes back by itself.
    "UNAVAILABLE": 5,
    "RESOURCE_EXHAUSTED": 5,
    # One slow call may be chance; two are not.
    "DEADLINE_EXCEEDED": 2,
    "INTERNAL": 2,
    "UNKNOWN": 2,
    "ABORTED": 2,
    "CANCELLED": 2,
}
"""Status to how often a call is made in all; a status that is not here is made once."""

BROKEN_CONTRACT: Final = frozenset(
    {"INVALID_ARGUMENT", "NOT_FOUND", "UNIMPLEMENTED", "FAILED_PRECONDITION", "OUT_OF_RANGE"}
)
"""The request is wrong for this server; sending it again changes nothing."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What is known when a call failed: its status, calls made so far, seconds since the first."""

    status: str
    tries: int
    elapsed_s: float


def next_try_s(failure: Failure, *, patience_s: float, chance: float) -> float | None:
    """Return the seconds until the next try, or None when there is none.

    Full jitter: `chance` in [0, 1) picks a delay below a bound that grows threefold
    from 0.5 s to 5 s. No try starts after `patience_s`.
    """
    if failure.tries >= TRIES.get(failure.status, 1):
        return None
    bound_s = min(LONGEST_DELAY_S, FIRST_DELAY_S * GROWTH ** (failure.tries - 1))
    delay_s = bound_s * chance
    return delay_s if failure.elapsed_s + delay_s <= patience_s else None


def fault_of(failure: Failure, network: str) -> Fault:
    """Return what a call that is given up means."""
    if failure.status in BROKEN_CONTRACT:
        return ModelContract(f"Triton refuses a request to {network}: {failure.status}")
    return InferenceUnavailable(
        f"{network} did not answer in {failure.tries} tries: {failure.status}"
    )
