"""What the numbers of a severity estimate mean, in sentences for people without statistics."""

from collections.abc import Mapping
from math import isclose
from typing import Any, Final

VERDICTS: Final = {
    "higher": "higher than before, by more than the network's own error",
    "lower": "lower than before, by more than the network's own error",
    "no_reliable_change": "no reliable change: the difference is within the network's own error",
}


def odds(level: float) -> str:
    """Return a share as `9 of 10`, or as per cent where tenths do not fit."""
    tenths = round(10 * level)
    if isclose(10 * level, tenths) and 0 < tenths < 10:
        return f"{tenths} of 10"
    return f"{100 * level:g} of 100"


def interval(interval: Mapping[str, Any] | None, videos: str | None) -> str:
    """Return what the interval promises; `videos` says on which ones its width was set."""
    if interval is None:
        return "No interval: these weights have no calibration, or one on too few videos."
    which = f" ({videos})" if videos else ""
    return (
        f"At least {odds(interval['level'])} intervals of this kind held the true score in "
        f"{interval['n']} calibration videos{which}. That carries over to people and recordings "
        "like those, and to no others."
    )


def band(estimate: Mapping[str, Any]) -> str | None:
    """Return which band is likeliest, or why none is named; None without a calibration."""
    shares: Mapping[str, float] | None = estimate["bands"]
    if not shares or "band" not in estimate:
        return None
    first, second = sorted(shares, key=lambda name: shares[name], reverse=True)[:2]
    if estimate["band"]:
        return f"Likeliest is {estimate['band']}, with {100 * shares[estimate['band']]:.0f} %."
    return (
        f"No band is named: {first} ({100 * shares[first]:.0f} %) and {second} "
        f"({100 * shares[second]:.0f} %) are about as likely."
    )


def change(change: Mapping[str, Any] | None) -> str | None:
    """Return how the estimate differs from the baseline, None where none was compared with."""
    if change is None:
        return None
    return (
        f"{change['point_difference']:+.1f} points against {change['baseline_id']}; only more than "
        f"{change['smallest_detectable']:.1f} points count. So: "
        f"{VERDICTS.get(change['verdict'], change['verdict'])}."
    )
