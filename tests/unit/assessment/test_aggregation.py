import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.aggregation import Aggregator, settings_digest
from assessment.assessment import Outcome
from assessment.ledger import Verdict
from assessment.measurement import Observation
from assessment.request import (
    DEFAULT_ANALYSES,
    Analysis,
    AssessmentRequest,
    Consent,
    Sampling,
    Select,
    Subject,
)
from assessment.timeline import timeline
from assessment.withholding import face_time_ms
from tests.samples import a_measurement, an_observation, manifests

RESEARCH = Aggregator(manifests(), production=False, software="mien test")
REQUEST = AssessmentRequest(video_sha256="ab" * 32)
AGREED = replace(REQUEST, consent=Consent("2026-01", "2026-01-01T12:00:00Z", tuple(Analysis)))


def used(count: int, *, faces: int = 1) -> list[Observation]:
    return [an_observation(i, faces=faces) for i in range(count)]


def reasons(result: Any) -> dict[str, str]:
    return {one.analysis: one.code for one in result.withheld}


def test_a_good_recording_is_reported_with_both_networks_and_the_expression():
    result = RESEARCH(a_measurement(*used(10)), REQUEST)

    assert result.outcome is Outcome.REPORTED
    assert result.severity is not None
    assert [one.model for one in result.severity] == ["hmhn", "ddl_resnet50"]
    assert result.expression is not None
    assert result.expression.dominant == "sad"
    assert result.withheld == ()


def test_demonstration_weights_say_so_in_every_result():
    result = RESEARCH(a_measurement(*used(10)), REQUEST)

    assert any("no clinical meaning" in notice for notice in result.notices)
    assert result.severity is not None
    assert all(one.demonstration for one in result.severity)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([an_observation(i, Verdict.NO_FACE) for i in range(10)], "no_face"),
        (used(2), "usable_face_time_short"),
        ([*used(1), *(an_observation(i, Verdict.BLURRED) for i in range(1, 9))], "quality_too_low"),
        (used(10, faces=2), "multiple_people"),
        ([], "no_face"),
    ],
)
def test_a_recording_that_carries_nothing_is_withheld_with_its_reason(
    rows: list[Observation], code: str
):
    result = RESEARCH(a_measurement(*rows), REQUEST)

    assert result.outcome is Outcome.WITHHELD
    assert reasons(result) == {"severity": code, "expression": code}
    assert all(one.have and one.need and one.advice for one in result.withheld)


def test_a_second_face_that_only_passes_by_does_not_withhold():
    rows = [*used(10), *(an_observation(i, faces=2) for i in range(10, 12))]

    assert RESEARCH(a_measurement(*rows), REQUEST).outcome is Outcome.REPORTED


def test_a_rule_for_the_subject_lifts_the_doubt_about_several_people():
    request = replace(REQUEST, subject=Subject(Select.LARGEST))

    assert RESEARCH(a_measurement(*used(10, faces=2)), request).outcome is Outcome.REPORTED


def test_production_reports_expression_and_withholds_severity_without_evidence():
    production = Aggregator(manifests(), production=True, software="mien test")

    result = production(a_measurement(*used(10)), AGREED)

    assert result.outcome is Outcome.REPORTED
    assert result.severity is None
    assert reasons(result) == {"severity": "model_not_validated"}


def test_production_scores_with_evidence_and_calibration():
    proven = manifests(demonstration=False, evidence=True)

    result = Aggregator(proven, production=True, software="x")(a_measurement(*used(10)), AGREED)

    assert result.severity is not None


verdicts = st.lists(st.sampled_from(Verdict), max_size=30)
analyses = st.lists(st.sampled_from(DEFAULT_ANALYSES), min_size=1, unique=True).map(tuple)


@given(verdicts, analyses, st.booleans())
def test_withheld_means_no_number_of_that_analysis_anywhere(
    found: list[Verdict], asked: tuple[Analysis, ...], production: bool
):
    rows = [an_observation(i, verdict, score=17.77) for i, verdict in enumerate(found)]
    measurement, request = a_measurement(*rows), replace(REQUEST, analyses=asked)
    aggregate = Aggregator(manifests(), production=production, software="x")

    result = aggregate(measurement, request)

    body = json.dumps(result.to_dict()) + timeline(measurement, result).decode()
    for analysis in DEFAULT_ANALYSES:
        answered = getattr(result, analysis) is not None
        assert answered == (analysis in asked and analysis not in reasons(result))
    if result.severity is None:
        assert "17.77" not in body
        assert "19.77" not in body
    if result.expression is None:
        assert '"sad"' not in body
    assert result.timeline_rows == len(timeline(measurement, result).splitlines())


def test_a_burst_of_frames_is_no_more_face_time_than_it_lasts():
    # given a tenth of a second of many frames, then a face every 400 ms for 2 s, then a hole
    burst = [replace(an_observation(0), at_ms=ms) for ms in range(0, 100, 5)]
    steady = [replace(an_observation(0), at_ms=ms) for ms in (100, 500, 900, 1300, 1700, 9000)]
    measurement = a_measurement(*burst, *steady)

    # then each frame stands until the next, and at the hole and the end for the usual 400 ms
    assert face_time_ms(measurement) == 100 + 1600 + 400 + 400


def test_no_time_is_longer_than_the_recording():
    result = RESEARCH(a_measurement(*used(26)), REQUEST)  # 26 samples of 400 ms in 10 s

    assert result.quality.face_time_ms == 10_000
    assert result.expression is not None
    assert result.expression.segments[-1].end_ms == 10_000


def test_the_same_measurement_gives_the_same_bytes():
    measurement = a_measurement(*used(10))

    once, again = (RESEARCH(measurement, REQUEST).to_dict() for _ in range(2))

    assert json.dumps(once) == json.dumps(again)


def test_the_settings_digest_changes_with_what_can_change_a_result_and_not_with_metadata():
    other = replace(REQUEST, sampling=Sampling(every_ms=200))

    assert settings_digest(REQUEST) == settings_digest(replace(REQUEST, metadata={"a": "b"}))
    assert settings_digest(REQUEST) != settings_digest(other)
