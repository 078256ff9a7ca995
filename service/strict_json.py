"""JSON of callers, checked strictly; what is wrong is told by pointers and never quoted.

A pointer names a field only where the name is ours or looks like a field's name.
"""

import json
import re
from collections.abc import Sequence
from typing import Any, Final, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from assessment.faults import Invalid
from service.faults import InvalidFields

FIELD_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
LARGEST_EXACT: Final = 2**53
"""Up to here every whole number is a float, and no two share one."""
CALLERS_NAMES: Final = "metadata"
"""Below a field of this name the names are the caller's own."""
_PLAIN_MESSAGES: Final = frozenset(
    {
        "dict_type", "enum", "extra_forbidden", "float_type", "greater_than_equal",
        "int_parsing", "int_type",
        "less_than_equal", "list_type", "literal_error", "missing", "model_type",
        "string_too_long", "string_too_short", "string_type", "too_long", "too_short",
        "tuple_type", "value_error",
    }
)  # fmt: skip
"""Errors of pydantic whose message holds rules and never input."""

Model = TypeVar("Model", bound=BaseModel)


def parse(raw: bytes, model: type[Model], pointer: str = "") -> Model:
    """Return the checked value, or raise `InvalidFields` or `Invalid` below the pointer."""
    try:
        content = json.loads(
            raw.decode(),
            parse_constant=_refuse,
            parse_float=_number,
            object_pairs_hook=_without_repetition,
        )
        return model.model_validate_json(json.dumps(content))
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        raise refusal(details, pointer) from None
    except (ValueError, RecursionError):
        raise Invalid("is not JSON, or repeats a name", pointer=pointer) from None


def refusal(details: Sequence[ErrorDetails], pointer: str = "") -> InvalidFields:
    """Return pydantic's errors as ours, below the pointer; what was sent is left out."""
    return InvalidFields([_invalid(one, pointer) for one in details])


def _refuse(_: str) -> NoReturn:
    raise ValueError("NaN and Infinity are no JSON")


def _number(text: str) -> float:
    """Return `400.0` and `4e2` as the whole number that they are, also to JSON Schema."""
    value = float(text)
    return int(value) if value.is_integer() and abs(value) <= LARGEST_EXACT else value


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is repeated")
    return found


def _invalid(error: ErrorDetails, pointer: str) -> Invalid:
    plain = error["type"] in _PLAIN_MESSAGES
    message = error["msg"].removeprefix("Value error, ") if plain else "is not valid"
    return Invalid(message, pointer=_below(pointer, error["loc"]))


def _below(pointer: str, location: tuple[int | str, ...]) -> str:
    """Return the JSON Pointer, cut where a caller's own words begin."""
    for step in location:
        if isinstance(step, str) and not FIELD_NAME.fullmatch(step):
            return pointer
        pointer += f"/{step}"
        if step == CALLERS_NAMES:
            return pointer
    return pointer
