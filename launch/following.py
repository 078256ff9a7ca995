"""Follows an assessment to its end: told by the service, or by asking again and again."""

from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any, Final

from launch.client import POLL_S, Assessments, Document
from launch.event_source import Event
from launch.faults import Refused, Unreachable

FAILURES: Final = 3
"""Streams in a row that told nothing, after which the service is asked instead."""
FINAL: Final = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.GONE)


def follow(api: Assessments, identifier: str, pause: Callable[[float], None]) -> Iterator[Document]:
    """Yield how far the assessment is; the last one is whole and in a terminal state."""
    last_id, failures = "", 0
    while failures < FAILURES:
        failures += 1
        try:
            for event in api.events(identifier, last_id):
                failures, last_id = 0, event.id
                if event.name != "progress":
                    yield api.get(identifier)  # or tell that it was deleted
                    return
                yield _seen(event)
        except Unreachable:
            pass  # The line broke; the stream goes on from the last id.
        except Refused as refused:
            if refused.status in FINAL:
                raise
            break  # No events here, or no more streams: ask instead.
        pause(POLL_S)
    yield from api.follow(identifier, pause)


def _seen(event: Event) -> Document:
    """Return the part of an assessment that an event tells."""
    said: dict[str, Any] = event.data
    progress = {name: said.get(name) for name in ("stage", "percent", "queue_position", "eta_ms")}
    return {"id": said.get("id"), "status": said["status"], "progress": progress}
