"""What Schemathesis cannot know: a real recording, a served network, a host that may be called.

Loaded by `SCHEMATHESIS_HOOKS=tests.stack.contract_hooks`. Values are replaced only where a schema
allows more than any schema can say; what is missing, too long or of another type stays as it is.
"""

from typing import Any

import schemathesis

RECORDING = b"\x00\x00\x00\x18ftypisom" + bytes(300)
"""Begins as an MP4 does; a test key's assessment needs no more."""
URL = "https://files.example.org/visit.mp4"
NETWORK = "hmhn"


@schemathesis.hook
def map_body(_context: schemathesis.HookContext, body: Any) -> Any:
    """Return the body with values that this service can do something with."""
    if isinstance(body, bytes) and body:
        return RECORDING
    if isinstance(body, dict):
        return _replaced(body)
    return body


def _replaced(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _replaced(inner, str(key)) for key, inner in value.items()}
    if isinstance(value, list) and name != "model":
        return [_replaced(inner) for inner in value]
    return _suitable(name, value)


def _suitable(name: str, value: Any) -> Any:
    if name == "video" and isinstance(value, bytes | str) and value:
        return RECORDING
    if name == "url" and isinstance(value, str) and len(value) <= 2048:
        return URL
    if name == "model" and isinstance(value, str) and 0 < len(value) <= 64:
        return NETWORK
    return value
