"""The sandbox: what a reference makes of an assessment that a test key sent.

    sandbox/reported             numbers, made up; any other reference does the same
    sandbox/withheld/CODE        no numbers, for that reason
    sandbox/failed/CODE          the fault of that code ends it
    sandbox/slow                 ten seconds of progress, then numbers
    sandbox/never                works on until it is canceled or expires
    sandbox/crash                every worker that takes it vanishes
    sandbox/webhook-fails        numbers, and a callback that answers 500

References mean nothing to live tenants: who calls must ask `is_sandbox` first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from assessment.faults import Fault, InternalError, ModelContract, WorkerCrashed
from assessment.recording_faults import DigestMismatch, NotAVideo, TooLarge, Unusable

PREFIX: Final = "sandbox/"
NOTICE: Final = (
    "Sandbox: nothing was measured. The numbers are made up from the reference alone, "
    "and say nothing about the recording."
)
UNKNOWN_NOTICE: Final = (
    "The reference begins like one of the sandbox and is none, so it was treated as any other."
)


class Fate(StrEnum):
    """What becomes of an assessment in the sandbox."""

    REPORTED = "reported"
    WITHHELD = "withheld"
    FAILED = "failed"
    SLOW = "slow"
    NEVER = "never"
    CRASH = "crash"
    WEBHOOK_FAILS = "webhook-fails"


class Reason(StrEnum):
    """Every reason for which an analysis can be withheld."""

    NO_FACE = "no_face"
    USABLE_FACE_TIME_SHORT = "usable_face_time_short"
    QUALITY_TOO_LOW = "quality_too_low"
    MULTIPLE_PEOPLE = "multiple_people"
    FRAME_RATE_TOO_LOW = "frame_rate_too_low"
    MODEL_NOT_VALIDATED = "model_not_validated"
    MODEL_NOT_LICENSED = "model_not_licensed"
    OUT_OF_APPLICABILITY = "out_of_applicability"
    CONSENT_MISSING = "consent_missing"
    JURISDICTION_BLOCKED = "jurisdiction_blocked"


@dataclass(frozen=True, slots=True)
class Script:
    """What is to be played; `reason` with `withheld`, `fault` with `failed`."""

    fate: Fate
    reason: Reason | None = None
    fault: type[Fault] | None = None


OF_FETCHING: Final = (DigestMismatch, NotAVideo, TooLarge)
"""Refused at once when a recording comes with its request; these end one that is fetched."""


def ending_faults() -> dict[str, type[Fault]]:
    """Return every fault that can end an assessment, by code."""
    ours = (ModelContract, InternalError, WorkerCrashed)
    return {fault.code: fault for fault in (*_leaves(Unusable), *OF_FETCHING, *ours)}


def _leaves(fault: type[Fault]) -> Iterator[type[Fault]]:
    for heir in fault.__subclasses__():
        yield heir
        yield from _leaves(heir)


def references() -> dict[str, Script]:
    """Return every reference that means something here."""
    plain = [fate for fate in Fate if fate not in (Fate.WITHHELD, Fate.FAILED)]
    return (
        {f"{PREFIX}{fate}": Script(fate) for fate in plain}
        | {f"{PREFIX}withheld/{one}": Script(Fate.WITHHELD, reason=one) for one in Reason}
        | {f"{PREFIX}failed/{code}": _failing(fault) for code, fault in ending_faults().items()}
    )


def _failing(fault: type[Fault]) -> Script:
    # The one fault that no worker can raise by itself.
    return Script(Fate.CRASH) if fault is WorkerCrashed else Script(Fate.FAILED, fault=fault)


def script_of(reference: str | None) -> Script:
    """Return what the reference asks for; `reported` when it asks for nothing."""
    return references().get(reference or "", Script(Fate.REPORTED))


def raised(fault: type[Fault]) -> Fault:
    """Return the fault as a worker could have raised it."""
    said = "the reference asks for it"
    return TooLarge(said, limit_bytes=0) if fault is TooLarge else fault(said)


def misspelt(reference: str | None) -> bool:
    """Return whether the reference was meant for the sandbox, and means nothing to it."""
    return (reference or "").startswith(PREFIX) and reference not in references()


def sandbox_answer(reference: str | None) -> int | None:
    """Return what a callback is taken to answer without being called; None to call it."""
    failing = script_of(reference).fate is Fate.WEBHOOK_FAILS
    return int(HTTPStatus.INTERNAL_SERVER_ERROR) if failing else None
