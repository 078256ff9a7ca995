"""Every setting as docs/settings.md: name, kind, default, meaning.

    python -m launch.settings_page > docs/settings.md

All words come from `Settings`, so that the page and the programs never disagree.
"""

import json
import sys
from collections.abc import Iterator
from enum import StrEnum
from inspect import isclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from assessment.settings import Settings

HEAD: Final = """\
# Settings

Every part of mien reads the same settings, once, at its start: from its environment, else from a
file of the variable's name in small letters under `/run/secrets`. A value that cannot be gives one
line on standard error and exit status 78; it is not repeated there. `mien up` decides those in
italics itself.

| variable | kind | default | meaning |
|---|---|---|---|
"""
TAIL: Final = """
Written by `python -m launch.settings_page`; a test holds it to the code.
"""
PARTS: Final = ("worker", "sweeper", "webhooks")
DECIDED: Final = frozenset(
    {"redis_url", "data", "triton_url", "metrics_host", *(f"{one}_metrics_port" for one in PARTS)}
)
"""What the embedded stack sets, whatever the caller's environment says."""
NAMES: Final[dict[object, str]] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "`true` or `false`",
    Path: "path",
    SecretStr: "secret",
    dict: "JSON object",
    tuple: "JSON list",
}
BOUNDS: Final = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}


def page() -> str:
    """Return docs/settings.md."""
    return HEAD + "".join(_rows()) + TAIL


def _rows() -> Iterator[str]:
    for name, field in Settings.model_fields.items():
        variable = f"`MIEN_{name.upper()}`"
        shown = f"*{variable}*" if name in DECIDED else variable
        cells = (shown, kind_of(field), default_of(field), _one_line(field.description or ""))
        yield f"| {' | '.join(cells)} |\n"


def kind_of(field: FieldInfo) -> str:
    """Return the kind of a field, with its bounds, in words."""
    bounds = [*_bounds(field.metadata), *_inner_bounds(field.annotation)]
    return ", ".join([_kind(field.annotation), *dict.fromkeys(bounds)])


def default_of(field: FieldInfo) -> str:
    """Return the default as one would write it into the environment."""
    value = field.get_default(call_default_factory=True)
    if value is PydanticUndefined:
        return "must be set"
    if value is None:
        return "none"
    if isinstance(value, bool | dict | tuple):
        return f"`{json.dumps(value)}`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def _kind(annotation: Any) -> str:
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        return _kind(next(one for one in get_args(annotation) if one is not NoneType))
    if origin is Annotated:
        return _kind(get_args(annotation)[0])
    if origin is Literal:
        return _choice(get_args(annotation))
    if isclass(annotation) and issubclass(annotation, StrEnum):
        return _choice([str(one) for one in annotation])
    return NAMES[origin or annotation]


def _choice(values: Any) -> str:
    return " or ".join(f"`{value}`" for value in values)


def _inner_bounds(annotation: Any) -> Iterator[str]:
    if get_origin(annotation) is Annotated:
        for one in get_args(annotation)[1:]:
            yield from _bounds(getattr(one, "metadata", None) or [one])


def _bounds(metadata: Any) -> Iterator[str]:
    for one in metadata:
        for name, words in BOUNDS.items():
            value = getattr(one, name, None)
            if value is not None:
                yield f"{words} {value}"


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(page())
