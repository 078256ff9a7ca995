"""Withheld means: no number of that analysis on any surface, by whatever way it was withheld.

Shown as non-interference. A recording is measured twice, and the two measurements differ in
nothing but the numbers of the withheld analyses. If any byte of any surface differs, a number got
through. A new way to read a result has to be added to `SURFACES`; a test below demands it.
"""

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessment.aggregation import Aggregator
from assessment.applicability import Applicability
from assessment.assessment import Assessment, Status
from assessment.events import event_body
from assessment.gates import UNSEEN, Policy
from assessment.jurisdiction import Jurisdictions, Rule
from assessment.manifest import Manifest
from assessment.measurement import Event, Measurement, Media
from assessment.request import Analysis, AssessmentRequest, Consent, Context
from assessment.result import Result
from assessment.timeline import timeline
from service.app import assemble
from service.description import Api
from service.result_bodies import ResultBody
from tests.samples import HAPPY, SAD, a_manifest, an_observation
from tests.unit.service.conftest import House

MODELS: Final = ("hmhn", "ddl_resnet50", "expression", "expression_scn", "micro_expression")
REQUEST: Final = {"analyses": list(Analysis), "model": list(MODELS), "reference": "visit 12"}
ROWS: Final = 50
FRAME_MS: Final = 40

Read = Callable[[House, Assessment], bytes]


def got(path: str, **query: str) -> Read:
    """Return how a surface is read under the assessment's own address."""

    def read(house: House, assessment: Assessment) -> bytes:
        answer = house.ask("GET", f"/v1/assessments/{assessment.id}{path}", params=query)
        # A format without anything to say, a player's cues for one, may be refused.
        assert answer.status_code in (200, 404, 406, 409), answer.text
        return answer.content if answer.status_code == 200 else b"%d" % answer.status_code

    return read


def told(_: House, assessment: Assessment) -> bytes:
    return json.dumps(event_body(assessment, 1)).encode()


def listed(house: House, _: Assessment) -> bytes:
    return house.ask("GET", "/v1/assessments").content


SURFACES: Final[Mapping[str, Read]] = {
    "body": got(""),
    "timeline as JSON Lines": got("/timeline", format="jsonl"),
    "timeline as CSV": got("/timeline", format="csv"),
    "timeline as WebVTT": got("/timeline", format="vtt"),
    "segments as JSON Lines": got("/segments", format="jsonl"),
    "segments as CSV": got("/segments", format="csv"),
    "report": got("/report"),
    "receipt": got("/receipt"),
    "FHIR R5": got("/fhir", release="r5"),
    "FHIR R4": got("/fhir", release="r4"),
    "list": listed,
    "webhook": told,
}
READ_HERE: Final = frozenset({"", "/timeline", "/segments", "/report", "/receipt", "/fhir"})
"""What is under an assessment's address and read above."""
WITHOUT_RESULT: Final = frozenset({"/events", "/deliveries", "/feedback"})
"""What is under an assessment's address and is never given a result to write."""


@dataclass(frozen=True, slots=True)
class Case:
    """Which analyses are withheld, each by what."""

    ways: Mapping[Analysis, str]

    @property
    def production(self) -> bool:
        """Whether one of the ways is there in production only."""
        return bool({"consent", "licence", "evidence"} & set(self.ways.values()))

    def manifests(self) -> dict[str, Manifest]:
        """Return the networks, those of withheld analyses changed as their way has it."""
        return {name: self._changed(a_manifest(name, evidence=True)) for name in MODELS}

    def _changed(self, manifest: Manifest) -> Manifest:
        way = self.ways.get(Analysis(manifest.task))
        if way == "licence":
            licence = {"weights": "x", "commercial_use": False}
            return replace(manifest, licence=licence, demonstration=False)
        if way == "age":
            grown_up = Applicability.parse({"age_years": {"in": [18, 60]}})
            return replace(manifest, applicability=grown_up, demonstration=False)
        return replace(manifest, demonstration=way == "evidence")

    def asked(self, request: AssessmentRequest) -> AssessmentRequest:
        """Return the request with the consent and the context of the case."""
        agreed = tuple(str(one) for one in Analysis if self.ways.get(one) != "consent")
        consent = Consent("2026-01", "2026-01-01T12:00:00Z", agreed)
        return replace(request, consent=consent, context=Context("DE", age_years=12))

    def conclude(self, measurement: Measurement, request: AssessmentRequest) -> Result:
        """Return the result of a measurement that has numbers of every analysis."""
        ruled = tuple(one for one, way in self.ways.items() if way == "rule")
        rules = (Rule(name="r", analyses=ruled, because="a law", jurisdictions=("DE",)),)
        policy = Policy(jurisdictions=Jurisdictions(rules if ruled else ()))
        aggregate = Aggregator(self.manifests(), self.production, "mien test", policy)
        return aggregate(measurement, self.asked(request))


def a_recording(changed: frozenset[Analysis], *, people: int) -> Measurement:
    """Return a measurement; the numbers of the `changed` analyses are other ones."""
    score = 41.31 if Analysis.SEVERITY in changed else 17.77
    shown = HAPPY if Analysis.EXPRESSION in changed else SAD
    brief = Analysis.MICRO_EXPRESSIONS in changed
    start = 1200 if brief else 400
    event = Event("micro_expression", start, start + 80, start + 200, (0.1, 0.2, 0.7))
    rows = tuple(
        replace(
            an_observation(i, expression=shown, score=score + i / 100, faces=people),
            at_ms=i * FRAME_MS,
            expression=(("expression", shown), ("expression_scn", shown[::-1])),
        )
        for i in range(ROWS)
    )
    media = Media(640, 480, "h264", "mp4", ROWS, ROWS * FRAME_MS, float(FRAME_MS), float(FRAME_MS))
    return Measurement(media, rows, {"total": 1}, events=(event,) * (2 if brief else 1))


class Scene:
    """One assessment that succeeded; what was measured in it can be exchanged."""

    def __init__(self, folder: Path, watch: Any) -> None:
        self.house = House(folder, watch)
        self.house.manifests = {name: a_manifest(name) for name in MODELS}
        self.house.build()
        accepted = self.house.accepted(REQUEST)
        self.request = self.house.request_of(accepted.id)
        self.running = accepted.to(Status.PROCESSING, at=watch())
        self.watch = watch
        self.house.records.save(self.running, was=accepted, look_again_s=30)
        self.ended: Assessment | None = None

    def read(self, case: Case, measurement: Measurement) -> dict[str, bytes]:
        """Conclude from the measurement and return every surface."""
        result = case.conclude(measurement, self.request)
        house, own = self.house, self.running.id
        house.blobs.put(own, "result.1.json", json.dumps(result.to_dict()).encode())
        house.blobs.put(own, "timeline.1.jsonl", timeline(measurement, result))
        ended = self.running.to(Status.SUCCEEDED, at=self.watch(), outcome=result.outcome)
        house.records.stored[own] = ended
        return {name: read(house, ended) for name, read in SURFACES.items()}


@pytest.fixture
def scene(watch: Any) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        yield Scene(Path(folder), watch)


ways = st.sampled_from(["rule", "consent", "licence", "evidence", "age"])
cases = st.dictionaries(st.sampled_from(Analysis), ways, min_size=1).map(Case)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(case=cases, people=st.sampled_from([1, 1, 2]))
def test_no_surface_depends_on_a_number_that_is_withheld(
    scene: Scene, case: Case, people: int
) -> None:
    # given: two faces all along withhold everything, whatever else does
    withheld = frozenset(Analysis if people > 1 else case.ways)

    # when
    one = scene.read(case, a_recording(frozenset(), people=people))
    other = scene.read(case, a_recording(withheld, people=people))

    # then
    result = json.loads(one["body"])["result"]
    assert {analysis for analysis in Analysis if result[analysis] is None} == withheld
    assert {entry["analysis"] for entry in result["withheld"]} == withheld
    assert [name for name in SURFACES if one[name] != other[name]] == []


def test_a_result_of_which_nothing_was_seen_can_be_read_everywhere(scene: Scene) -> None:
    found = scene.read(Case(dict.fromkeys(Analysis, "consent")), UNSEEN)

    result = json.loads(found["body"])["result"]
    ResultBody.model_validate(result)
    assert {one["code"] for one in result["withheld"]} == {"consent_missing"}
    assert b"consent missing" in found["report"]
    assert found["timeline as JSON Lines"] == b""
    assert found["receipt"].startswith(b"{")
    assert all(b"dataAbsentReason" in found[name] for name in ("FHIR R5", "FHIR R4"))


@pytest.mark.parametrize(
    ("analysis", "surfaces"),
    [
        (Analysis.SEVERITY, {"body", "report", "FHIR R5", "FHIR R4", "timeline as CSV"}),
        (Analysis.EXPRESSION, {"body", "report", "timeline as WebVTT", "timeline as JSON Lines"}),
        (Analysis.MICRO_EXPRESSIONS, {"body", "report", "FHIR R5", "segments as CSV"}),
    ],
)
def test_what_is_reported_does_depend_on_its_numbers(
    scene: Scene, analysis: Analysis, surfaces: set[str]
) -> None:
    one = scene.read(Case({}), a_recording(frozenset(), people=1))
    other = scene.read(Case({}), a_recording(frozenset({analysis}), people=1))

    assert surfaces | {"receipt"} <= {name for name in SURFACES if one[name] != other[name]}
    assert one["list"] == other["list"]
    assert one["webhook"] == other["webhook"]


def test_every_way_to_read_an_assessment_is_among_the_surfaces() -> None:
    own = "/v1/assessments/{id}"
    paths = assemble(Api()).openapi()["paths"]

    readable = {
        path.removeprefix(own)
        for path, methods in paths.items()
        if path.startswith(own) and "get" in methods
    }

    assert readable == READ_HERE | WITHOUT_RESULT
