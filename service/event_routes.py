"""`GET /v1/assessments/{id}/events`: an assessment's progress as server-sent events."""

from collections.abc import AsyncGenerator
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.sse import EventSourceResponse

from assessment.standing import Standing
from service.description import problems_of
from service.desk import DeskOf
from service.event_stream import RETRY_MS, end_id, frames
from service.followers import Follower
from service.negotiation import negotiated
from service.owned import OwnedOf

EVENT_STREAM: Final = "text/event-stream"
_SELF: Final = "/v1/assessments/asm_0123456789abcdef0123456789abcdef"
_PROGRESS: Final = (
    'event: progress\ndata: {"id":"asm_0123456789abcdef0123456789abcdef","status":"processing",'
    '"stage":"scoring","percent":40,"queue_position":null,'
    '"eta_ms":{"p50":4200,"p90":7900}}\nid: 1.processing.scoring.40\n\n'
)
_ENDED: Final = (
    'event: ended\ndata: {"id":"asm_0123456789abcdef0123456789abcdef","status":"succeeded",'
    f'"outcome":"reported","urls":{{"self":"{_SELF}"}}}}\nid: 1.succeeded\n\n'
)
_GONE: Final = 'event: gone\ndata: {"id":"asm_0123456789abcdef0123456789abcdef"}\nid: gone\n\n'
DESCRIBED: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Events until the assessment has ended, with a comment every 15 s between",
        "content": {
            EVENT_STREAM: {  # no schema: OpenAPI 3.1 has none for the events of a stream
                "examples": {
                    "progress": {"summary": "On every change", "value": _PROGRESS},
                    "ended": {"summary": "At the end, the last event", "value": _ENDED},
                    "gone": {"summary": "After a deletion, the last event", "value": _GONE},
                    "opening": {
                        "summary": "Before the first event, and when nothing happens",
                        "value": f"retry: {RETRY_MS}\n\n: heartbeat\n\n",
                    },
                },
            }
        },
    },
    204: {"description": "`Last-Event-ID` is the last event: it has been read, do not come back"},
}

router = APIRouter(prefix="/v1/assessments/{id}", tags=["assessments"])

LastEventId = Annotated[
    str | None,
    Header(
        alias="Last-Event-ID",
        description="The `id` of the last event that was read; an `EventSource` sends it itself.",
        examples=["1.processing.scoring.40"],
    ),
]


def event_stream_accepted(request: Request) -> None:
    """Refuse who does not accept an event stream."""
    negotiated(request, (EVENT_STREAM,))


async def followed(assessment: OwnedOf, desk: DeskOf) -> AsyncGenerator[Follower]:
    """Follow the assessment until the answer has gone out, or its reader has gone away."""
    with desk.followers.join(assessment.id, assessment.tenant) as follower:
        await desk.followers.begin(follower)
        yield follower


@router.get(
    "/events",
    operation_id="followAssessment",
    summary="Follow an assessment",
    response_class=Response,
    dependencies=[Depends(event_stream_accepted)],
    responses={**DESCRIBED, **problems_of(401, 404, 406, 410, 503)},
)
async def events(
    follower: Annotated[Follower, Depends(followed)], last_event_id: LastEventId = None
) -> Response:
    """Send `progress` on every change and `ended` at the end, then close.

    Each event's `id` names the state that it tells. Sent back as `Last-Event-ID`, it makes
    the stream go on with the first state that differs: nothing is told twice, and the end
    is always told. A deletion is told as `gone`. A stream is closed after 15 minutes at
    most and may be resumed at once. To a client that has read the last event and comes
    back all the same the answer is 204, at which an `EventSource` stops.
    """
    if follower.sight is not None and _knows_the_end(follower.sight.standing, last_event_id):
        return Response(status_code=HTTPStatus.NO_CONTENT)
    # Proxies that collect an answer before they pass it on are told not to.
    return EventSourceResponse(frames(follower, last_event_id), headers={"X-Accel-Buffering": "no"})


def _knows_the_end(standing: Standing, last_event_id: str | None) -> bool:
    return standing.status.final and last_event_id == end_id(standing)
