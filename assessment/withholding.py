"""When a recording does not carry an analysis, and what the caller can do about it.

What may not be done whatever the recording is for `assessment.gates`.
"""

from itertools import pairwise
from typing import Final

from assessment import micro_expression
from assessment.ledger import Ledger, Verdict
from assessment.manifest import Manifest
from assessment.measurement import Measurement
from assessment.request import Analysis, AssessmentRequest, Select
from assessment.result import Withheld
from assessment.stretches import hole_ms

SHORTEST_FACE_TIME_MS: Final = 1000
LONGEST_COMPANY_MS: Final = 1000
"""A second face that passes through the picture for less than this does not withhold."""


def face_time_ms(measurement: Measurement) -> int:
    """Return the media time that the used frames stand for, at most that of the recording.

    Each stands until the next frame that was looked at, so that a burst of frames counts for no
    more than it lasts; over a hole in the recording, only for as long as frames usually do.
    """
    media, rows = measurement.media, measurement.observations
    usual_ms = media.sample_interval_ms
    steps = [after.at_ms - before.at_ms for before, after in pairwise(rows)]
    whole = [step if step <= hole_ms(usual_ms) else usual_ms for step in steps]
    shown = zip(rows, (*whole, usual_ms), strict=True) if rows else ()
    used_ms = sum(step for row, step in shown if row.verdict is Verdict.USED)
    return min(round(used_ms), media.duration_ms)


def of_the_recording(
    analysis: Analysis, measurement: Measurement, request: AssessmentRequest
) -> Withheld | None:
    """Return why the recording does not carry the analysis, or None when it does."""
    ledger = Ledger.of(row.verdict for row in measurement.observations)
    if ledger.rejected[Verdict.NO_FACE] == ledger.sampled:
        return Withheld(
            analysis,
            "no_face",
            have=f"no face in {ledger.sampled} sampled frames",
            need=f"a face for {SHORTEST_FACE_TIME_MS} ms",
            advice="Record the face from the front, in light, filling a third of the picture.",
        )
    reason = _of_company(analysis, measurement) if request.subject.select is Select.ONLY else None
    reason = reason or _of_face_time(analysis, measurement, ledger)
    if reason is None and analysis is Analysis.MICRO_EXPRESSIONS:
        return _of_frame_rate(analysis, measurement)
    return reason


def _of_company(analysis: Analysis, measurement: Measurement) -> Withheld | None:
    together = sum(row.faces > 1 for row in measurement.observations)
    company_ms = measurement.company_ms
    if company_ms is None:  # As an earlier version measured: all company in sum.
        company_ms = round(together * measurement.media.sample_interval_ms)
    longest_ms = 0 if measurement.media.still else LONGEST_COMPANY_MS
    if not together or company_ms < longest_ms:
        return None
    return Withheld(
        analysis,
        "multiple_people",
        have="several faces" + ("" if measurement.media.still else f" for {company_ms} ms"),
        need=f"one face, or others for less than {LONGEST_COMPANY_MS} ms",
        advice="Record one person, or say whom to measure with `subject.select`.",
    )


def _of_frame_rate(analysis: Analysis, measurement: Measurement) -> Withheld | None:
    if micro_expression.fast_enough(measurement):
        return None
    return Withheld(
        analysis,
        "frame_rate_too_low",
        have=f"{micro_expression.frame_rate(measurement):.0f} frames per second",
        need=f"{micro_expression.LOWEST_FRAME_RATE:.0f} frames per second, better 100 or more",
        advice="Record with a higher frame rate; a micro-expression lasts less than half a second.",
    )


def _of_face_time(analysis: Analysis, measurement: Measurement, ledger: Ledger) -> Withheld | None:
    have_ms = face_time_ms(measurement)
    # One picture shows an expression; everything else takes time.
    pictured = measurement.media.still and analysis is Analysis.EXPRESSION and ledger.used > 0
    if have_ms >= SHORTEST_FACE_TIME_MS or pictured:
        return None
    reason = ledger.commonest_rejection
    low_quality = reason not in (None, Verdict.NO_FACE) and ledger.rejected[reason] > ledger.used
    return Withheld(
        analysis,
        "quality_too_low" if low_quality else "usable_face_time_short",
        have=f"{have_ms} ms of usable face, {ledger.used} of {ledger.sampled} frames",
        need=f"{SHORTEST_FACE_TIME_MS} ms of usable face",
        advice=f"Most rejected frames: {reason}. Record longer, closer and in better light."
        if reason
        else "Record for longer.",
    )


def of_a_silent_network(
    analysis: Analysis, manifest: Manifest, measurement: Measurement
) -> Withheld:
    """Return why this network said nothing where the recording as a whole would do."""
    clip = manifest.clip
    need_ms = clip.frames * clip.interval_ms if clip else SHORTEST_FACE_TIME_MS
    return Withheld(
        analysis,
        "usable_face_time_short",
        have=f"{face_time_ms(measurement)} ms of usable face, not that long without a break",
        need=f"{need_ms} ms of usable face without a break",
        advice="Record longer without turning away, or leave this network out.",
        model=manifest.name,
    )
