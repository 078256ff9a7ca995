"""What a result says, finding by finding, as FHIR Observations; the same in R4 and R5.

Whatever is withheld has a reason (`dataAbsentReason`) and not one number.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from service.fhir_behaviour import expression, micro_expressions, movement
from service.fhir_codes import absence, concept, count, milliseconds, part, words
from service.fhir_finding import Finding
from service.fhir_severity import severity

OBSERVED: Final = {
    "severity": "severity-estimate",
    "expression": "expression-shown",
    "micro_expressions": "micro-expressions",
}


def findings(result: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield everything that the result reports, then what it withholds, then the quality."""
    for estimate in result["severity"] or ():
        yield severity(estimate)
    rates = {one["model"]: one for one in result.get("expressivity") or ()}
    first = result["expression"]
    for shown in (*([first] if first else ()), *result["more_expressions"]):
        yield expression(shown, rates.get(shown["model"]))
    if result["micro_expressions"] is not None:
        yield from micro_expressions(result["micro_expressions"])
    if result.get("movement"):
        yield movement(result["movement"])
    for withheld in result["withheld"]:
        yield _withheld(withheld)
    yield _quality(result["quality"])


def _withheld(one: Mapping[str, Any]) -> Finding:
    model = one.get("model")
    text = (
        f"Withheld, {words(one['code'])}. Found: {one['have']}. Needed: {one['need']}. "
        f"What to do: {one['advice']}"
    )
    return Finding(
        key=f"withheld/{one['analysis']}" + (f"/{model}" if model else ""),
        body={
            "code": concept(OBSERVED[one["analysis"]]),
            "dataAbsentReason": absence(one["code"], text),
        },
        model=model,
    )


def _quality(quality: Mapping[str, Any]) -> Finding:
    frames = quality["frames"]
    ledger = [
        part(f"rejected-{reason}", count(number), f"Frames rejected: {words(reason)}")
        for reason, number in frames["rejected"].items()
    ]
    totals = [
        part("frames-sampled", count(frames["sampled"])),
        part("frames-used", count(frames["used"])),
    ]
    usable = part("usable-face-time", milliseconds(quality["face_time_ms"]))
    return Finding(
        key="quality",
        body={"code": concept("recording-quality"), "component": [usable, *totals, *ledger]},
    )
