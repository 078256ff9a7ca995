"""Refusing to answer in a media type that the caller does not accept.

A route that answers with JSON has a response model, and is held to its media type by one
dependency of the whole API. A route that answers with something else decides by itself.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, TypeVar

from fastapi import Request
from fastapi.routing import APIRoute

from service.accepts import preferred
from service.faults import NotAcceptable

JSON: Final = "application/json"

Format = TypeVar("Format", bound=str)


def negotiated(request: Request, served: Sequence[str]) -> str:
    """Return which of the media types to answer with, or raise `NotAcceptable`."""
    wanted = preferred(",".join(request.headers.getlist("accept")), served)
    if wanted is None:
        raise NotAcceptable(served)
    return wanted


def format_asked(
    request: Request, given: Format | None, media_types: Mapping[Format, str]
) -> Format:
    """Return the format that the query gives, else the one for `Accept`; may raise as above."""
    if given is not None:
        return given
    wanted = negotiated(request, tuple(media_types.values()))
    return next(one for one, media_type in media_types.items() if media_type == wanted)


async def json_accepted(request: Request) -> None:
    """Refuse what accepts no JSON before anything is done, on a route that answers with it."""
    route = request.scope.get("route")
    if isinstance(route, APIRoute) and route.response_model is not None:
        negotiated(request, (JSON,))


def describe(operations: Mapping[str, Any], refusal: Mapping[int | str, Any]) -> None:
    """Add the refusal to every operation of the OpenAPI document that answers with JSON."""
    key = str(int(HTTPStatus.NOT_ACCEPTABLE))
    for operation in operations.values():
        responses: dict[str, Any] = operation["responses"]
        answers = (one for status, one in responses.items() if status.startswith("2"))
        if any(JSON in one.get("content", {}) for one in answers):
            responses[key] = refusal[int(key)]
            operation["responses"] = dict(sorted(responses.items()))
