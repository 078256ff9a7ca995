"""What an `Accept` header asks for, after RFC 9110, section 12.5.1. Plain Python.

Parameters other than the weight `q` are passed over: `application/json; charset=utf-8` asks
for JSON. An element that is no media range is passed over, too; a header without any other
asks for nothing in particular.
"""

import re
from collections.abc import Sequence
from typing import Final

ANY: Final = "*/*"
_TOKEN: Final = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"  # noqa: S105  a token of HTTP, not of a person
_RANGE: Final = re.compile(rf"({_TOKEN})/({_TOKEN})")
_WEIGHT: Final = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")


def preferred(accept: str, served: Sequence[str]) -> str | None:
    """Return the most wanted of the media types that are served, the first of equals, or None."""
    weights = _weights(accept)
    if not weights:
        return served[0]
    wanted = max(served, key=lambda one: _weight(one, weights))
    return wanted if _weight(wanted, weights) > 0 else None


def _weight(media_type: str, weights: dict[str, float]) -> float:
    """Return the weight by the range that fits best; 0 where none does."""
    kind = media_type.partition("/")[0]
    fitting = (media_type, f"{kind}/*", ANY)
    return next((weights[one] for one in fitting if one in weights), 0.0)


def _weights(accept: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for element in accept.split(","):
        media_range, *parameters = (part.strip().lower() for part in element.split(";"))
        weight = _q(parameters)
        if _RANGE.fullmatch(media_range) and weight is not None:
            weights[media_range] = max(weight, weights.get(media_range, 0.0))
    return weights


def _q(parameters: Sequence[str]) -> float | None:
    """Return the weight, 1 unless told, or None where it is no weight."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            return float(value) if _WEIGHT.fullmatch(value.strip()) else None
    return 1.0
