"""How a recording gets to the service: in one request, or in pieces that survive a bad line."""

import secrets
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from launch.client import Assessments, Document
from launch.faults import Refused
from launch.recording import sha256_of
from launch.resumable import Resumable

RESUMABLE_BYTES: Final = 16 * 2**20
"""Larger recordings are sent in pieces unless told otherwise."""

Progress = Callable[[int, int], None]
"""Told the bytes that were sent, and all of them."""


class Way(StrEnum):
    """How the recording is sent."""

    AUTO = "auto"
    RESUMABLE = "resumable"
    DIRECT = "direct"


def new_idempotency_key() -> str:
    """Return a key under which a request that is sent again does nothing twice."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A recording and what is asked of it."""

    video: Path
    request: Mapping[str, Any] = field(default_factory=dict[str, Any])
    way: Way = Way.AUTO
    idempotency_key: str = field(default_factory=new_idempotency_key)

    @property
    def in_pieces(self) -> bool:
        """Whether it is to be sent in pieces."""
        large = self.video.stat().st_size > RESUMABLE_BYTES
        return self.way is Way.RESUMABLE or (self.way is Way.AUTO and large)


def send(api: Assessments, uploads: Resumable, order: Order, progress: Progress) -> Document:
    """Send the recording and return the new assessment."""
    size = order.video.stat().st_size
    key, request = order.idempotency_key, {"sha256": sha256_of(order.video), **order.request}

    def sent(count: int) -> None:
        progress(min(count, size), size)

    if order.in_pieces:
        try:
            upload = uploads.send(order.video, sent)
        except Refused as refused:
            if order.way is Way.RESUMABLE or refused.status != HTTPStatus.NOT_FOUND:
                raise  # An older service without uploads takes it in one request.
        else:
            with ExitStack() as undo:
                undo.callback(uploads.erase, upload)  # Refused, it would lie there for a day.
                created = api.create_from({"upload_id": upload}, request, idempotency_key=key)
                undo.pop_all()
            return created
    return api.create(order.video, request, idempotency_key=key, sent=sent)
