"""`GET /v1/assessments/{id}/segments`: what happened and when, in one stream and two formats."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from enum import StrEnum
from typing import Annotated, Any, BinaryIO, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from service.description import problems_of
from service.desk import DeskOf
from service.negotiation import format_asked
from service.owned import OwnedOf
from service.segment_rows import Row, csv_lines, jsonl_lines, rows
from service.span import Span, in_blocks
from service.timeline_query import SpanQuery


class SegmentsFormat(StrEnum):
    """The formats, the first of them unless another is asked for."""

    JSONL = "jsonl"
    CSV = "csv"


WRITERS: Final = {SegmentsFormat.JSONL: jsonl_lines, SegmentsFormat.CSV: csv_lines}
MEDIA_TYPES: Final = {
    SegmentsFormat.JSONL: "application/jsonl",
    SegmentsFormat.CSV: "text/csv",
}
CONTENT_TYPES: Final = {
    SegmentsFormat.JSONL: "application/jsonl",
    SegmentsFormat.CSV: "text/csv; charset=utf-8; header=present",
}
_ROWS: Final = (
    '{"kind":"expression","model":"expression","label":"happy","start_ms":9593,"apex_ms":null,'
    '"end_ms":11470,"probability":0.88,"low_temporal_resolution":null,"reason":null}\n'
    '{"kind":"gap","model":null,"label":null,"start_ms":11470,"apex_ms":null,"end_ms":13200,'
    '"probability":null,"low_temporal_resolution":null,"reason":"turned_away"}\n'
)
_TABLE: Final = (
    "kind,model,label,start_ms,apex_ms,end_ms,probability,low_temporal_resolution,reason\r\n"
    "expression,expression,happy,9593,,11470,0.88,,\r\n"
    "gap,,,11470,,13200,,,turned_away\r\n"
    "micro_expression,micro_expression,positive,14010,14120,14330,0.71,true,\r\n"
)
DESCRIBED: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "One line an event, by its start; none of a withheld analysis",
        "headers": {
            "Content-Disposition": {"schema": {"type": "string"}},
            "Vary": {"schema": {"const": "Accept"}},
        },
        "content": {
            "application/jsonl": {"schema": {"type": "string"}, "example": _ROWS},
            "text/csv": {"schema": {"type": "string"}, "example": _TABLE},
        },
    }
}

router = APIRouter(prefix="/v1/assessments/{id}", tags=["assessments"])


class SegmentsQuery(SpanQuery):
    """The query of `GET …/segments`."""

    format: SegmentsFormat | None = Field(None, description="The format; goes before `Accept`.")


@router.get(
    "/segments",
    operation_id="getSegments",
    summary="Read what happened and when",
    response_class=StreamingResponse,
    responses={**DESCRIBED, **problems_of(401, 404, 406, 409, 410, 422, 503)},
)
def segments(
    assessment: OwnedOf, desk: DeskOf, request: Request, query: Annotated[SegmentsQuery, Query()]
) -> Response:
    """Return the events of the recording in media time, each with its beginning and its end.

    The `kind` of a row is `expression` (a segment; `probability` is its mean),
    `micro_expression`, or `gap`: half a second or more without a usable frame, with the
    commonest `reason`. JSON Lines unless CSV is asked for, by `format` or `Accept`; every row
    has the same columns. With `from_ms` and `to_ms` only events that reach into that stretch
    are sent, uncut.
    """
    span, wanted = query.span(), format_asked(request, query.format, MEDIA_TYPES)
    result = desk.archive.result(assessment)
    found = _read(result, desk.archive.timeline(assessment), span)
    headers = {
        "Vary": "Accept",
        "Content-Disposition": f'attachment; filename="{assessment.id}.segments.{wanted}"',
    }
    pieces = in_blocks(WRITERS[wanted](found))
    return StreamingResponse(pieces, headers=headers, media_type=CONTENT_TYPES[wanted])


def _read(result: Mapping[str, Any], file: BinaryIO, span: Span) -> Iterator[Row]:
    with closing(file):
        yield from rows(result, file, span)
