"""Texts and lists of requests, as pydantic checks them.

Strict: an unknown field, a number in quotes or a fraction for an integer is an error.
"""

import unicodedata
from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from assessment.events import EventName
from service.schema_rules import UNIQUE

_INVISIBLE: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
_DIRECTIONS: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def _without_control_characters(value: str) -> str:
    if any(unicodedata.category(one) in _INVISIBLE or one in _DIRECTIONS for one in value):
        raise ValueError("has control characters")
    return value


def _without_repetition(values: list[Any]) -> list[Any]:
    if len(set(values)) < len(values):
        raise ValueError("names something twice")
    return values


def _rfc3339(value: str) -> str:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("is no time like 2026-11-22T12:00:00Z (in a query, `+` is %2B)") from None
    if at.tzinfo is None:
        raise ValueError("is a time without its offset from UTC")
    return value


def _full_event_name(value: object) -> object:
    """`succeeded` is short for `assessment.succeeded`."""
    if not isinstance(value, list):
        return value
    prefix = "assessment."
    return [
        prefix + one if isinstance(one, str) and not one.startswith(prefix) else one
        for one in value  # pyright: ignore[reportUnknownVariableType]
    ]


ONCE_EACH: Final = AfterValidator(_without_repetition)
PlainText = Annotated[str, AfterValidator(_without_control_characters)]
Time = Annotated[
    str, AfterValidator(_rfc3339), Field(max_length=40, json_schema_extra={"format": "date-time"})
]
EventNames = Annotated[
    list[EventName],
    Field(max_length=len(EventName)),
    BeforeValidator(_full_event_name, json_schema_input_type=list[EventName]),
    ONCE_EACH,
    UNIQUE,
]


class Strict(BaseModel):
    """A part of the request."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, hide_input_in_errors=True, protected_namespaces=()
    )
