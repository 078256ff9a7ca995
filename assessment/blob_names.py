"""How the blobs of an assessment are called.

request.json            what was asked, from intake to deletion
video                   from intake until its frames are scored
measurement.json        from then until the result stands
result.N.json, timeline.N.jsonl   written by attempt N; the record says which one counts
"""

from typing import Final

REQUEST: Final = "request.json"
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
