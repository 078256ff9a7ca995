"""JSON of callers, checked strictly; what is wrong is told by pointers and never quoted.

A pointer names a field only where the name is ours or looks like a field's name.
"""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Any, Final, NoReturn, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from assessment.faults import Invalid
from service.faults import InvalidFields

FIELD_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
LARGEST_EXACT: Final = 2**53
"""Up to here every whole number is a float, and no two share one."""
CALLERS_NAMES: Final = "metadata"
"""Below a field of this name the names are the caller's own."""
ALIKE: Final = 0.75
"""From here on, of 1, a name is taken for another one that was misspelt."""
MOST_TOLD: Final = 100
"""To look for what was meant by each of ten thousand unknown names would halt everybody else."""
_PLAIN_MESSAGES: Final = frozenset(
    {
        "dict_type", "enum", "float_type", "greater_than_equal",
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
        raise refusal(details, pointer, _names(model)) from None
    except (ValueError, RecursionError):
        raise Invalid("is not JSON, or repeats a name", pointer=pointer) from None


def refusal(
    details: Sequence[ErrorDetails], pointer: str = "", names: Collection[str] = ()
) -> InvalidFields:
    """Return pydantic's errors as ours, below the pointer; what was sent is left out.

    A field that there is not is told with that one of the names which may be meant.
    """
    return InvalidFields([_invalid(one, pointer, names) for one in details[:MOST_TOLD]])


@cache
def _names(model: type[BaseModel]) -> frozenset[str]:
    """Return the names of the model's fields and of those within."""
    fields = model.model_fields
    own = {one.alias or name for name, one in fields.items()}
    within = (part for one in fields.values() for part in _models(one.annotation))
    return frozenset(own.union(*map(_names, within)))


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    """Yield the models that an annotation names, at any depth of unions and containers."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


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


def _invalid(error: ErrorDetails, pointer: str, names: Collection[str]) -> Invalid:
    if error["type"] == "extra_forbidden":
        return Invalid(_unknown(error["loc"], names), pointer=_below(pointer, error["loc"]))
    plain = error["type"] in _PLAIN_MESSAGES
    message = error["msg"].removeprefix("Value error, ") if plain else "is not valid"
    return Invalid(message, pointer=_below(pointer, error["loc"]))


def _unknown(location: tuple[int | str, ...], names: Collection[str]) -> str:
    """Say that there is no such field, and which one may be meant."""
    name = str(location[-1])
    if name in names:
        return "is no field of this object, but of another one in the request"
    close = get_close_matches(name, sorted(names), 1, ALIKE)
    return f"is no field here; did you mean {close[0]}?" if close else "is no field here"


def _below(pointer: str, location: tuple[int | str, ...]) -> str:
    """Return the JSON Pointer, cut where a caller's own words begin."""
    for step in location:
        if isinstance(step, str) and not FIELD_NAME.fullmatch(step):
            return pointer
        pointer += f"/{step}"
        if step == CALLERS_NAMES:
            return pointer
    return pointer
