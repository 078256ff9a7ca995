"""A severity estimate as an Observation."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, Final

from assessment.severity import BAND_STARTS, HIGHEST
from service.fhir_codes import Resource, concept, count, part, score, share
from service.fhir_finding import Finding

DEMONSTRATION_NOTE: Final = "Demonstration weights: the number has no clinical meaning."


def severity(estimate: Mapping[str, Any]) -> Finding:
    """Return one network's estimate with its interval, bands and change."""
    interval, band = estimate["interval"], estimate.get("band")
    bands: Mapping[str, float] = estimate["bands"] or {}
    body: Resource = {
        "code": concept("severity-estimate"),
        "valueQuantity": score(estimate["point"]),
        "referenceRange": _bands(),
    }
    parts = _interval(interval) if interval else []
    parts += [
        part(f"band-{name}", share(value), f"Probability of the BDI-II band {name}")
        for name, value in bands.items()
    ]
    change = estimate.get("change")
    if change:
        parts += _change(change)
    if parts:
        body["component"] = parts
    if band:
        body["interpretation"] = [concept(f"band-{band}", f"Likeliest BDI-II band: {band}")]
    return Finding(
        key=f"severity/{estimate['model']}",
        body=body,
        model=estimate["model"],
        notes=tuple(_notes(estimate)),
        demonstration=estimate["demonstration"],
    )


def _notes(estimate: Mapping[str, Any]) -> Iterator[str]:
    if estimate["demonstration"]:
        yield DEMONSTRATION_NOTE
    if not estimate["interval"]:
        yield "No interval: these weights have no calibration."
    if estimate.get("change"):
        yield f"The change is against the assessment {estimate['change']['baseline_id']}."


def _interval(interval: Mapping[str, Any]) -> list[Resource]:
    return [
        part("interval-low", score(interval["low"])),
        part("interval-high", score(interval["high"])),
        part("interval-level", share(interval["level"])),
        part("calibration-size", count(interval["n"])),
    ]


def _change(change: Mapping[str, Any]) -> list[Resource]:
    difference = part("change-from-baseline", score(change["point_difference"]))
    difference["interpretation"] = [concept(change["verdict"])]
    return [difference, part("smallest-detectable-change", score(change["smallest_detectable"]))]


def _bands() -> list[Resource]:
    """Return the BDI-II bands; neighbours meet halfway between the whole totals."""
    edges = pairwise((*(start for _, start in BAND_STARTS), HIGHEST))
    return [
        {
            "low": score(low),
            "high": score(high),
            "type": concept(f"band-{name}"),
            "text": f"BDI-II band {name}, no norm of health",
        }
        for (name, _), (low, high) in zip(BAND_STARTS, edges, strict=True)
    ]
