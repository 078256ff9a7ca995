"""Rules between fields, as JSON Schema says them; pydantic's own checks enforce them."""

from typing import Final

from pydantic import Field, JsonValue

JsonObject = dict[str, JsonValue]

WEBHOOK_KEY_PATTERN: Final = (
    r"^whsec_(?:(?:[A-Za-z0-9+/]{4}){8,20}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
    r"|(?:[A-Za-z0-9+/]{4}){21}(?:[A-Za-z0-9+/]{2}==)?)$"
)
"""`whsec_` and base64 of 24 to 64 bytes."""

ADDRESS_PATTERN: Final = r"^https?://[!-~]+$"
"""As much of an address as a pattern can say. Which hosts may be called is beyond it, and `http`
is for a stack on the caller's own machine."""

UNIQUE: Final = Field(json_schema_extra={"uniqueItems": True})
"""Says that a list names nothing twice; a validator beside it enforces that."""


def exactly_one(**types: str) -> JsonObject:
    """Return the rule that one of the fields has its type and every other is null or absent."""
    branches: list[JsonValue] = []
    for given, kind in types.items():
        rest: JsonObject = {name: {"type": "null"} for name in types if name != given}
        branches.append({"required": [given], "properties": {given: {"type": kind}, **rest}})
    return {"oneOf": branches}
