"""The words of the FHIR export: mien's own code system, and the standard ones beside it.

The code system has a UUID for its URI, which belongs to nobody else and never moves; a name
under a domain that the project does not own would promise more than it can keep. Codes are
never taken back and never change their meaning. `GET /v1/fhir/code-system` serves it whole.
"""

from collections.abc import Mapping
from typing import Any, Final

from assessment import VERSION
from assessment.sandbox import Reason
from assessment.severity import BAND_STARTS

Resource = dict[str, Any]

SYSTEM: Final = "urn:uuid:4832dfc0-6a72-4552-b5c3-e02d25e6e7c8"
IDENTIFIERS: Final = "urn:uuid:78010819-7d53-479e-9fc9-a4a9ea405e29"
"""The namespace of mien's identifiers: `asm_…`, and what is below it."""
UCUM: Final = "http://unitsofmeasure.org"
_HL7: Final = "http://terminology.hl7.org/CodeSystem"

OBSERVATIONS: Final[Mapping[str, tuple[str, str]]] = {
    "severity-estimate": (
        "Severity estimate",
        "One network's estimate on a 0-63 scale aligned to BDI-II, from the face in a video. "
        "Not a BDI-II total, not a diagnosis.",
    ),
    "expression-shown": (
        "Expression shown",
        "Which expression the face showed most; it says nothing about what the person felt.",
    ),
    "micro-expressions": (
        "Micro-expressions",
        "How many brief expressions of at most half a second were seen.",
    ),
    "micro-expression": ("Micro-expression", "One brief expression: a hint where to look."),
    "movement": ("Head movement", "How the head moved, from five points of the face."),
    "recording-quality": (
        "Quality of the recording",
        "What became of the sampled frames: sampled = used + the sum of rejected.",
    ),
}
PARTS: Final[Mapping[str, tuple[str, str]]] = {
    "interval-low": ("Interval, lower end", "Lower end of the prediction interval."),
    "interval-high": ("Interval, upper end", "Upper end of the prediction interval."),
    "interval-level": ("Interval, level", "The share of truths that the interval is made to hold."),
    "calibration-size": ("Calibration videos", "How many videos set the interval's width."),
    "change-from-baseline": ("Change", "This estimate less that of the baseline assessment."),
    "smallest-detectable-change": (
        "Smallest detectable change",
        "The smallest difference that is more than the network's own error.",
    ),
    "onset": ("Onset", "Media time at which it began."),
    "apex": ("Apex", "Media time at which it was strongest."),
    "offset": ("Offset", "Media time at which it had passed."),
    "confidence": ("Confidence", "The probability that the network gives its label."),
    "frames-sampled": ("Frames sampled", "Frames of the recording that were looked at."),
    "frames-used": ("Frames used", "Sampled frames that were scored."),
    "usable-face-time": ("Usable face time", "Media time that the used frames stand for."),
    "observed-time": ("Observed time", "Media time that the numbers beside it speak of."),
    "step": ("Step", "The usual media time between two poses of the head."),
    "uncertain": ("No sure expression", "Share of the observed time without a sure expression."),
    "still": ("Still", "Share of the observed time without a measurable movement."),
    "blink-rate": ("Blinks", "Not told: the five points of the face carry no lids."),
    **{
        f"{axis}-{code}": (f"Head {axis}, {code}", f"{what} of the head's {axis}.")
        for axis in ("yaw", "pitch", "roll")
        for code, what in (
            ("low", "5th percentile"),
            ("high", "95th percentile"),
            ("speed", "Median speed"),
        )
    },
    "transitions": ("Transitions", "Changes of the expression shown most."),
    "smile-count": ("Smiles", "How often the face smiled."),
    "smile-mean-duration": ("Smile, mean duration", "How long a smile lasted on average."),
    "smile-total-duration": ("Smiles, total duration", "How long the face smiled in all."),
}
METHODS: Final[Mapping[str, tuple[str, str]]] = {
    "facial-behaviour-analysis": (
        "Automatic analysis of facial behaviour in video",
        "Frames are sampled, the face is found, aligned, checked and scored by a network.",
    ),
    "software": ("Software", "Name and version of the software."),
    "network": ("Network", "Name and version of the network."),
    "weights-sha256": ("Network file, SHA-256", "Digest of the file that was served."),
}
VERDICTS: Final[Mapping[str, tuple[str, str]]] = {
    "higher": ("Higher", "Higher than the baseline by more than the smallest detectable change."),
    "lower": ("Lower", "Lower than the baseline by more than the smallest detectable change."),
    "no_reliable_change": ("No reliable change", "Within the smallest detectable change."),
}
BANDS: Final[Mapping[str, tuple[str, str]]] = {
    f"band-{name}": (f"BDI-II band: {name}", "A band of the scale; Beck et al. 1996.")
    for name, _ in BAND_STARTS
}
ABSENCE: Final[Mapping[str, str]] = {
    "no_face": "not-performed",
    "usable_face_time_short": "not-performed",
    "quality_too_low": "not-performed",
    "multiple_people": "not-performed",
    "frame_rate_too_low": "not-performed",
    "model_not_validated": "unsupported",
    "model_not_licensed": "unsupported",
    "out_of_applicability": "unsupported",
    "consent_missing": "not-permitted",
    "jurisdiction_blocked": "not-permitted",
}
"""HL7's data-absent-reason for each reason to withhold; any other is `unknown`."""

_DISPLAY: Final[Mapping[str, str]] = {
    code: display
    for group in (OBSERVATIONS, PARTS, METHODS, VERDICTS, BANDS)
    for code, (display, _) in group.items()
}


def words(name: str) -> str:
    """Return a code or field name as words."""
    return name.replace("_", " ").replace("-", " ")


def coding(code: str) -> Resource:
    """Return a code of our own."""
    display = _DISPLAY.get(code) or words(code).capitalize()
    return {"system": SYSTEM, "code": code, "display": display}


def concept(code: str, text: str | None = None) -> Resource:
    """Return a concept of our own; `text` is what a person reads."""
    own = coding(code)
    return {"coding": [own], "text": text or own["display"]}


def absence(code: str, text: str) -> Resource:
    """Return why there is no value: HL7's code, our own, and what to do about it."""
    return {"coding": [_absent(ABSENCE.get(code, "unknown")), coding(code)], "text": text}


def unsupported() -> Resource:
    """Return that the software cannot know it."""
    return {"coding": [_absent("unsupported")]}


def _absent(code: str) -> Resource:
    display = words(code).title()
    return {"system": f"{_HL7}/data-absent-reason", "code": code, "display": display}


def category() -> Resource:
    """Return HL7's category of what a procedure other than imaging or a laboratory found."""
    code = {"system": f"{_HL7}/observation-category", "code": "procedure", "display": "Procedure"}
    return {"coding": [code]}


def made_up() -> Resource:
    """Return HL7's mark of what was never measured."""
    return {"system": f"{_HL7}/v3-ActReason", "code": "HTEST", "display": "test health data"}


def quantity(value: float, unit: str, code: str) -> Resource:
    """Return a number with a unit of UCUM."""
    return {"value": value, "unit": unit, "system": UCUM, "code": code}


def score(value: float) -> Resource:
    """Return a number on the 0-63 scale."""
    return quantity(value, "score", "{score}")


def share(value: float) -> Resource:
    """Return a number from 0 to 1."""
    return quantity(value, "1", "1")


def milliseconds(value: float) -> Resource:
    """Return a stretch or a point of media time."""
    return quantity(value, "ms", "ms")


def count(value: int) -> Resource:
    """Return how many."""
    return quantity(value, "count", "{count}")


def part(code: str, value: Resource, text: str | None = None) -> Resource:
    """Return a component with a quantity."""
    return {"code": concept(code, text), "valueQuantity": value}


def code_system() -> Resource:
    """Return our code system as a resource, the same in FHIR R4 and R5.

    Codes for labels (`label-…`, `mean-…`, `time-…`) and for rejections (`rejected-…`)
    follow from the networks and the ledger, hence `fragment`.
    """
    reasons = {one.value: (words(one).capitalize(), "A reason to withhold.") for one in Reason}
    groups = (OBSERVATIONS, PARTS, METHODS, VERDICTS, BANDS, reasons)
    return {
        "resourceType": "CodeSystem",
        "url": SYSTEM,
        "version": VERSION,
        "name": "Mien",
        "title": "What mien says of facial behaviour in video",
        "status": "active",
        "experimental": True,
        "caseSensitive": True,
        "content": "fragment",
        "concept": [
            {"code": code, "display": display, "definition": definition}
            for group in groups
            for code, (display, definition) in group.items()
        ],
    }
