"""Results of every kind, and their export to FHIR, for tests."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final

from fhir.resources.bundle import Bundle as BundleR5
from fhir.resources.R4B.bundle import Bundle as BundleR4

from assessment.aggregation import Aggregator
from assessment.assessment import Assessment, Outcome, Status
from assessment.request import Analysis, AssessmentRequest
from assessment.result import Result
from assessment.sandbox import PREFIX, Reason
from service.fhir import Release, bundle
from tests.samples import (
    a_measurement,
    all_manifests,
    an_assessment,
    an_observation,
    manifests,
)
from worker.sandboxed import Sandboxed

BUNDLES = {Release.R5: BundleR5, Release.R4: BundleR4}
ALL = AssessmentRequest(
    analyses=tuple(Analysis), models=("hmhn", "ddl_resnet50", "expression", "micro_expression")
)


def ended() -> Assessment:
    running = an_assessment().to(Status.PROCESSING, at=an_assessment().created_at)
    return running.to(Status.SUCCEEDED, at=running.created_at, outcome=Outcome.REPORTED)


def concluded(*rows: Any, production: bool = False, **options: bool) -> Result:
    aggregate = Aggregator(manifests(**options), production=production, software="mien test")
    observations = rows or tuple(an_observation(i) for i in range(12))
    return aggregate(a_measurement(*observations), AssessmentRequest())


def played(reference: str) -> Result:
    sandbox = Sandboxed(all_manifests(), "mien test", lambda _: None)
    request = replace(ALL, reference=reference)
    measurement = sandbox.measure(None, request, lambda _: None)  # pyright: ignore[reportArgumentType]
    return sandbox.conclude(measurement, request)


def exported(result: Result, release: Release = Release.R5) -> dict[str, Any]:
    plain = json.loads(json.dumps(result.to_dict()))
    return bundle(ended(), plain, release)


def observations(whole: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the Observations by what their identifier says after the assessment's id."""
    found = [entry["resource"] for entry in whole["entry"]]
    return {one["identifier"][0]["value"].partition("/")[2]: one for one in found}


def every_node(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from every_node(one)


def parts(observation: dict[str, Any]) -> dict[str, float]:
    return {
        one["code"]["coding"][0]["code"]: one["valueQuantity"]["value"]
        for one in observation["component"]
    }


RESULTS: Final[Mapping[str, Callable[[], Result]]] = {
    "reported": concluded,
    "without a calibration": lambda: concluded(calibrated=False),
    "withheld": lambda: concluded(*[an_observation(i, faces=2) for i in range(12)]),
    "in part": lambda: concluded(production=True),
    "in production": lambda: concluded(production=True, demonstration=False, evidence=True),
    "micro-expressions": lambda: played(f"{PREFIX}reported"),
    **{one.value: lambda one=one: played(f"{PREFIX}withheld/{one}") for one in Reason},
}


@cache
def result_of(name: str) -> Result:
    return RESULTS[name]()
