"""How the blobs of an assessment are called.

request.json            what was asked, from intake to deletion
answer.json             what was answered to it, where it came with an Idempotency-Key
video                   from intake until its frames are scored
measurement.json        from then until the result stands
result.N.json, timeline.N.jsonl   written by attempt N; the record says which one counts
faces.N.json            likewise, where pictures of the face were asked for
"""

from collections.abc import Iterator
from typing import Final

from assessment.assessment import Assessment, Status

REQUEST: Final = "request.json"
ANSWER: Final = "answer.json"
VIDEO: Final = "video"
MEASUREMENT: Final = "measurement.json"
TRANSIENT: Final = (VIDEO, MEASUREMENT)
"""What a finished assessment must not have any more."""


def result_name(attempt: int) -> str:
    """Return the name of the result that an attempt writes."""
    return f"result.{attempt}.json"


def timeline_name(attempt: int) -> str:
    """Return the name of the timeline that an attempt writes."""
    return f"timeline.{attempt}.jsonl"


def faces_name(attempt: int) -> str:
    """Return the name of the pictures that an attempt writes, where they were asked for."""
    return f"faces.{attempt}.json"


def written_by(attempt: int) -> tuple[str, ...]:
    """Return the names of everything that an attempt may write to last."""
    return result_name(attempt), timeline_name(attempt), faces_name(attempt)


def unkept(ended: Assessment) -> Iterator[str]:
    """Yield what an ended assessment must not have: what led to a result, and those given up."""
    yield from TRANSIENT
    for attempt in range(1, ended.attempt + 1):
        if ended.status is not Status.SUCCEEDED or attempt != ended.attempt:
            yield from written_by(attempt)


def class_of(name: str) -> str:
    """Return what a blob is, as receipts of deletion call it: `recording`, `request`, `result`."""
    return "recording" if name == VIDEO else name.split(".", 1)[0]
