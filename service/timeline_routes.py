"""`GET /v1/assessments/{id}/timeline`: every sampled frame, in one stream and three formats."""

from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Annotated, Any, BinaryIO, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from service.description import problems_of
from service.desk import DeskOf
from service.negotiation import format_asked
from service.owned import OwnedOf
from service.span import Span, in_blocks
from service.timeline_csv import Table, csv_lines
from service.timeline_query import MEDIA_TYPES, TimelineFormat, TimelineQuery
from service.timeline_vtt import cues, vtt_lines

CHUNK_BYTES: Final = 64 * 2**10
CONTENT_TYPES: Final = {
    TimelineFormat.JSONL: "application/jsonl",
    TimelineFormat.CSV: "text/csv; charset=utf-8; header=present",
    TimelineFormat.VTT: "text/vtt; charset=utf-8",
}
_ROW: Final = (
    '{"at_ms":400,"frame":10,"used":true,"rejected":null,'
    '"face":{"x":1,"y":2,"width":90,"height":110,"confidence":0.9},'
    '"quality":{"size":41.2,"yaw":-0.03,"pitch":0.51,"roll_degrees":1.8,'
    '"light":118.4,"contrast":34.6,"sharpness":0.274,"eye_detail":1.94,"mouth_detail":1.52,"eye_width":0.97},'
    '"severity":{"hmhn":21.4},"expression":{"neutral":0.91,"happy":0.09}}\n'
)
_TABLE: Final = (
    "at_ms,frame,used,rejected,face.x,face.y,face.width,face.height,face.confidence,"
    "quality.size,quality.yaw,quality.pitch,quality.roll_degrees,quality.light,"
    "quality.contrast,quality.sharpness,quality.eye_detail,quality.mouth_detail,"
    "quality.eye_width,"
    "severity.hmhn,expression.expression.neutral,expression.expression.happy\r\n"
    "400,10,true,,1,2,90,110,0.9,41.2,-0.03,0.51,1.8,118.4,34.6,0.274,1.94,1.52,0.97,21.4,0.91,0.09\r\n"
    "800,20,false,no_face,,,,,,,,,,,,,,,,,,\r\n"
)
_CUES: Final = (
    "WEBVTT\n\n1\n00:00:00.400 --> 00:00:09.200\n<v expression>sad 71%\n\n"
    "2\n00:00:09.200 --> 00:00:15.040\n<v expression>happy 93%\n\n"
)
DESCRIBED: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "One line a sampled frame, or one cue an expression segment",
        "headers": {
            "Mien-Rows": {
                "description": "Rows, or cues; absent where only reading all would tell.",
                "schema": {"type": "integer", "minimum": 0},
            },
            "Content-Disposition": {"schema": {"type": "string"}},
            "Vary": {"schema": {"const": "Accept"}},
        },
        "content": {
            "application/jsonl": {"schema": {"type": "string"}, "example": _ROW},
            "text/csv": {"schema": {"type": "string"}, "example": _TABLE},
            "text/vtt": {"schema": {"type": "string"}, "example": _CUES},
        },
    }
}

router = APIRouter(prefix="/v1/assessments/{id}", tags=["assessments"])


@dataclass(frozen=True, slots=True)
class Written:
    """A timeline in one format, and how many rows or cues it has, where that is known."""

    pieces: Iterable[bytes]
    rows: int | None


@router.get(
    "/timeline",
    operation_id="getTimeline",
    summary="Read every sampled frame",
    response_class=StreamingResponse,
    responses={**DESCRIBED, **problems_of(401, 404, 406, 409, 410, 422, 503)},
)
def timeline(
    assessment: OwnedOf, desk: DeskOf, request: Request, query: Annotated[TimelineQuery, Query()]
) -> Response:
    """Return what became of every sampled frame, in the order of media time, all in one stream.

    JSON Lines unless CSV or WebVTT is asked for, by `format` or `Accept`. CSV has a column
    for each number of a frame; WebVTT has a cue for each expression segment, for a player.
    With `from_ms` and `to_ms` only frames from the one on and before the other are sent, and
    only segments that reach into that stretch, uncut.
    """
    span, wanted = query.span(), format_asked(request, query.format, MEDIA_TYPES)
    result = desk.archive.result(assessment)
    written = _written(wanted, span, result, desk.archive.timeline(assessment))
    headers = {
        "Vary": "Accept",
        "Content-Disposition": f'attachment; filename="{assessment.id}.{wanted}"',
    }
    if written.rows is not None:
        headers["Mien-Rows"] = str(written.rows)
    pieces = in_blocks(written.pieces)
    return StreamingResponse(pieces, headers=headers, media_type=CONTENT_TYPES[wanted])


def _written(
    wanted: TimelineFormat, span: Span, result: Mapping[str, Any], file: BinaryIO
) -> Written:
    rows: int | None = result["timeline_rows"] if span.whole else None
    if wanted is TimelineFormat.VTT:
        file.close()  # It was opened all the same: what is gone is gone in every format.
        shown = cues(result, span)
        return Written(vtt_lines(shown, result["notices"]), len(shown))
    if wanted is TimelineFormat.CSV:
        table = Table.of(result)
        return Written(csv_lines(table, (row for _, row in _lines(file, span))), rows)
    if span.whole:
        return Written(_chunks(file), rows)
    return Written((line for line, _ in _lines(file, span)), rows)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _lines(file: BinaryIO, span: Span) -> Generator[tuple[bytes, dict[str, Any]]]:
    with closing(file):
        yield from span.lines(file)
