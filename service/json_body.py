"""A small JSON body, read whole within its bounds."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Final, TypeVar

from fastapi import Request
from pydantic import BaseModel

from assessment.recording_faults import TooLarge
from service.faults import RequestTimedOut, UnsupportedMediaType
from service.strict_json import parse

MOST_BYTES: Final = 64 * 2**10
IDLE_S: Final = 30.0

Model = TypeVar("Model", bound=BaseModel)


async def read_json(request: Request, model: type[Model], *, optional: bool = False) -> Model:
    """Return the checked body, or raise what is wrong; an optional one may be absent."""
    async with aclosing(request.stream()) as chunks:
        raw = await _whole(chunks)
    if optional and not raw:
        return model.model_validate({})
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    plain = request.headers.get("content-encoding", "") in ("", "identity")
    if kind != "application/json" or not plain:
        raise UnsupportedMediaType
    return parse(raw, model)


async def _whole(chunks: AsyncIterator[bytes]) -> bytes:
    read = bytearray()
    while True:
        try:
            async with asyncio.timeout(IDLE_S):
                chunk = await anext(chunks, None)
        except TimeoutError:
            raise RequestTimedOut from None
        if chunk is None:
            return bytes(read)
        read += chunk
        if len(read) > MOST_BYTES:
            raise TooLarge("the body is too large", limit_bytes=MOST_BYTES)
