"""Expressions, micro-expressions and the movement of the head as Observations."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from service.fhir_codes import (
    Resource,
    concept,
    count,
    milliseconds,
    part,
    quantity,
    share,
    unsupported,
)
from service.fhir_finding import Finding

SHOWN_NOTE: Final = "What the face showed; it says nothing about what the person felt."
HINT_NOTE: Final = (
    "A hint where to look, not more: public benchmarks find few of the true ones, and no "
    "micro-expression shows a lie or an intent."
)
SLOW_NOTE: Final = "Low temporal resolution: fewer than 60 frames a second."
AXES: Final = (("yaw", "yaw", "1"), ("pitch", "pitch", "1"), ("roll", "roll_degrees", "deg"))
"""Each axis of the head, its field in a result, and its unit in UCUM."""
AXES_NOTE: Final = (
    "Yaw is in eye distances, pitch in distances from eyes to mouth; numbers compare only where "
    "the step between poses is the same."
)


def _label(label: str) -> Resource:
    return concept(f"label-{label}", label)


def expression(shown: Mapping[str, Any], rates: Mapping[str, Any] | None) -> Finding:
    """Return what one network saw shown, and with `rates` how much of it."""
    parts = [
        part(f"mean-{label}", share(mean), f"Mean probability of {label}")
        for label, mean in shown["mean"].items()
    ]
    return Finding(
        key=f"expression/{shown['model']}",
        body={
            "code": concept("expression-shown"),
            "valueCodeableConcept": _label(shown["dominant"]),
            "component": parts + (_expressivity(rates) if rates else []),
        },
        model=shown["model"],
        notes=(SHOWN_NOTE,),
    )


def _expressivity(rates: Mapping[str, Any]) -> list[Resource]:
    smiles = rates["smiles"]
    parts = [part("observed-time", milliseconds(rates["observed_ms"]))]
    parts += [
        part(f"time-{label}", share(value), f"Share of time in segments of {label}")
        for label, value in rates["share"].items()
    ]
    parts.append(part("uncertain", share(rates["uncertain"])))
    parts.append(part("transitions", quantity(rates["transitions_per_minute"], "/min", "/min")))
    if smiles:
        parts.append(part("smile-count", count(smiles["count"])))
        parts.append(part("smile-total-duration", milliseconds(smiles["total_ms"])))
        if smiles["mean_ms"] is not None:
            parts.append(part("smile-mean-duration", milliseconds(smiles["mean_ms"])))
    return parts


def movement(moved: Mapping[str, Any]) -> Finding:
    """Return how the head moved."""
    parts = [
        part("observed-time", milliseconds(moved["observed_ms"])),
        part("step", milliseconds(moved["interval_ms"])),
        part("still", share(moved["still"])),
    ]
    for axis, field, unit in AXES:
        turning = moved[field]
        parts += [
            part(f"{axis}-low", quantity(turning["low"], unit, unit)),
            part(f"{axis}-high", quantity(turning["high"], unit, unit)),
            part(f"{axis}-speed", quantity(turning["median_per_second"], f"{unit}/s", f"{unit}/s")),
        ]
    if moved["blinks_per_minute"] is None:
        parts.append({"code": concept("blink-rate"), "dataAbsentReason": unsupported()})
    return Finding(
        key="movement",
        body={"code": concept("movement"), "component": parts},
        notes=(AXES_NOTE,),
    )


def micro_expressions(events: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """Yield how many there were, and each of them as a member."""
    keys = tuple(f"micro_expressions/{number}" for number in range(1, len(events) + 1))
    yield Finding(
        key="micro_expressions",
        body={"code": concept("micro-expressions"), "valueInteger": len(events)},
        notes=(HINT_NOTE,),
        members=keys,
    )
    for key, event in zip(keys, events, strict=True):
        moments = [
            part(moment, milliseconds(event[f"{moment}_ms"]))
            for moment in ("onset", "apex", "offset")
        ]
        yield Finding(
            key=key,
            body={
                "code": concept("micro-expression"),
                "valueCodeableConcept": _label(event["label"]),
                "component": [*moments, part("confidence", share(event["confidence"]))],
            },
            model=event["model"],
            notes=(SLOW_NOTE,) if event["low_temporal_resolution"] else (),
        )
