"""What happened in a recording, one row an event: expression segments, brief expressions, gaps.

The numbers are the result's own, so a withheld analysis has no row. The gaps are read from the
timeline as it goes by; memory does not grow with the recording.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from heapq import merge
from itertools import chain
from typing import Any, Final

from assessment.stretches import SHORTEST_MS
from service.csv_text import written
from service.span import Span

Row = dict[str, Any]

COLUMNS: Final = (
    *("kind", "model", "label", "start_ms", "apex_ms", "end_ms"),
    *("probability", "low_temporal_resolution", "reason"),
)
EXPRESSION, MICRO_EXPRESSION, GAP = "expression", "micro_expression", "gap"


def rows(result: Mapping[str, Any], timeline: Iterable[bytes], span: Span) -> Iterator[Row]:
    """Yield every event of which a part lies in the span, uncut, by its start."""
    frames = (row for _, row in Span().lines(timeline))
    sources = (_expressions(result), _micro_expressions(result), _gaps(result, frames))
    for row in merge(*sources, key=_start_ms):
        if span.overlaps(row["start_ms"], row["end_ms"]):
            yield row


def _start_ms(row: Row) -> int:
    return row["start_ms"]


def jsonl_lines(found: Iterable[Row]) -> Iterator[bytes]:
    """Yield a line of JSON a row."""
    for row in found:
        yield json.dumps(row, separators=(",", ":")).encode() + b"\n"


def csv_lines(found: Iterable[Row]) -> Iterator[bytes]:
    """Yield the header and a line a row."""
    return written(chain([COLUMNS], (map(_cell, row.values()) for row in found)))


def _cell(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


def _row(kind: str, **said: object) -> Row:
    return {**dict.fromkeys(COLUMNS), "kind": kind, **said}


def _expressions(result: Mapping[str, Any]) -> list[Row]:
    first = [result["expression"]] if result["expression"] else []
    found = [
        _row(
            EXPRESSION,
            model=one["model"],
            label=segment["label"],
            start_ms=segment["start_ms"],
            end_ms=segment["end_ms"],
            probability=segment["mean"],
        )
        for one in [*first, *result["more_expressions"]]
        for segment in one["segments"]
    ]
    return sorted(found, key=_start_ms)


def _micro_expressions(result: Mapping[str, Any]) -> list[Row]:
    found = [
        _row(
            MICRO_EXPRESSION,
            model=event["model"],
            label=event["label"],
            start_ms=event["onset_ms"],
            apex_ms=event["apex_ms"],
            end_ms=event["offset_ms"],
            probability=event["confidence"],
            low_temporal_resolution=event["low_temporal_resolution"],
        )
        for event in result["micro_expressions"] or ()
    ]
    return sorted(found, key=_start_ms)


def _gaps(result: Mapping[str, Any], frames: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    """Yield what lasts as long as a gap in the segments does, with its commonest reason."""
    start_ms, reasons = 0, Counter[str]()
    for frame in frames:
        if frame["rejected"]:
            start_ms = start_ms if reasons else frame["at_ms"]
            reasons[frame["rejected"]] += 1
        elif reasons:
            yield from _gap(start_ms, frame["at_ms"], reasons)
            reasons.clear()
    if reasons:
        yield from _gap(start_ms, result["quality"]["duration_ms"], reasons)


def _gap(start_ms: int, end_ms: int, reasons: Counter[str]) -> Iterator[Row]:
    if end_ms - start_ms >= SHORTEST_MS:
        ((reason, _),) = reasons.most_common(1)
        yield _row(GAP, start_ms=start_ms, end_ms=end_ms, reason=reason)
