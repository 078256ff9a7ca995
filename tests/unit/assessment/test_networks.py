"""What networks of several kinds say of one recording, and what is said of their silence."""

from dataclasses import replace

import pytest

from assessment.aggregation import Aggregator
from assessment.assessment import Outcome
from assessment.ledger import Verdict
from assessment.measurement import Event, Measurement, Media
from assessment.request import Analysis, AssessmentRequest
from assessment.timeline import timeline
from tests.samples import HAPPY, a_measurement, all_manifests, an_observation

AGGREGATE = Aggregator(all_manifests(), production=False, software="mien test")
SEVERITY, EXPRESSION, MICRO = Analysis


def asked(*models: str, analyses: tuple[Analysis, ...]) -> AssessmentRequest:
    return AssessmentRequest(video_sha256="ab" * 32, analyses=analyses, models=models)


def measured(**said: object) -> Measurement:
    """Ten used frames of which `said` is known besides hmhn, ddl_resnet50 and expression."""
    return replace(a_measurement(*(an_observation(i) for i in range(10))), **said)


def at_rate(frames_a_second: float, *events: Event) -> Measurement:
    interval_ms = 1000 / frames_a_second
    media = Media(640, 480, "h264", "mp4", 300, 10_000, interval_ms, 400.0)
    rows = [
        replace(an_observation(i), at_ms=round(i * interval_ms))
        for i in range(int(2 * frames_a_second))
    ]
    return Measurement(media, tuple(rows), {}, events=events)


def a_still(*verdicts: Verdict, faces: int = 1) -> Measurement:
    media = Media(640, 480, "mjpeg", "jpeg", 1, 0, 0.0, 0.0)
    rows = [an_observation(i, verdict, faces=faces) for i, verdict in enumerate(verdicts)]
    return Measurement(media, tuple(rows), {})


def test_a_network_that_scores_wholes_has_its_one_score_as_the_estimate():
    result = AGGREGATE(
        measured(wholes=(("attention_pooling", 31.5),)),
        asked("hmhn", "attention_pooling", analyses=(SEVERITY,)),
    )

    assert result.severity is not None
    assert [(one.model, one.point) for one in result.severity] == [
        ("hmhn", 20.0),
        ("attention_pooling", 31.5),
    ]
    behind = [one["name"] for one in result.provenance["models"]]
    assert behind == ["hmhn", "attention_pooling", "resnet50_features"]


def test_a_network_without_a_clip_is_withheld_alone_and_the_others_answer():
    result = AGGREGATE(measured(), asked("hmhn", "temporal_resnet50", analyses=(SEVERITY,)))

    (reason,) = result.withheld
    assert result.outcome is Outcome.REPORTED
    assert result.severity is not None
    assert [one.model for one in result.severity] == ["hmhn"]
    assert (reason.analysis, reason.model) == ("severity", "temporal_resnet50")
    assert "6400 ms" in reason.need


def test_when_no_network_answers_the_analysis_has_no_number():
    result = AGGREGATE(measured(), asked("temporal_resnet50", analyses=(SEVERITY,)))

    assert (result.outcome, result.severity) == (Outcome.WITHHELD, None)


def test_further_expression_networks_speak_beside_the_first():
    rows = [
        replace(row, expression=(*row.expression, ("expression_scn", HAPPY)))
        for row in measured().observations
    ]
    measurement = replace(measured(), observations=tuple(rows))

    result = AGGREGATE(measurement, asked("expression", "expression_scn", analyses=(EXPRESSION,)))

    assert result.expression is not None
    assert (result.expression.model, result.expression.dominant) == ("expression", "sad")
    assert [(one.model, one.dominant) for one in result.more_expressions] == [
        ("expression_scn", "happy")
    ]
    assert b'"more_expressions":{"expression_scn":{"neutral":0.1,"happy":0.8' in timeline(
        measurement, result
    )


def test_what_was_not_asked_for_is_not_told():
    result = AGGREGATE(measured(), asked("hmhn", analyses=(SEVERITY,)))

    rows = timeline(measured(), result)
    assert result.expression is None
    assert b"expression" not in rows
    assert b"ddl_resnet50" not in rows


SMILE = Event("micro_expression", 1000, 1100, 1300, (0.1, 0.7, 0.2))


@pytest.mark.parametrize(("rate", "low"), [(100, False), (60, False), (30, True), (23.976, True)])
def test_micro_expressions_say_how_finely_they_were_seen(rate: float, low: bool):
    result = AGGREGATE(at_rate(rate, SMILE), asked("micro_expression", analyses=(MICRO,)))

    assert result.micro_expressions is not None
    (found,) = result.micro_expressions
    assert (found.label, found.confidence, found.apex_ms) == ("positive", 0.7, 1100)
    assert found.low_temporal_resolution is low
    assert any("low temporal resolution" in one for one in result.notices) is low


def test_no_micro_expression_is_an_answer():
    result = AGGREGATE(at_rate(100), asked("micro_expression", analyses=(MICRO,)))

    assert (result.outcome, result.micro_expressions) == (Outcome.REPORTED, ())


def test_below_24_frames_a_second_no_micro_expression_is_told():
    result = AGGREGATE(at_rate(15, SMILE), asked("micro_expression", analyses=(MICRO,)))

    (reason,) = result.withheld
    assert (reason.code, reason.have) == ("frame_rate_too_low", "15 frames per second")
    assert result.micro_expressions is None


def test_a_picture_has_an_expression_and_neither_severity_nor_micro_expressions():
    request = asked("hmhn", "expression", "micro_expression", analyses=tuple(Analysis))

    result = AGGREGATE(a_still(Verdict.USED), request)

    assert result.expression is not None
    assert result.expression.dominant == "sad"
    assert {one.analysis: one.code for one in result.withheld} == {
        "severity": "usable_face_time_short",
        "micro_expressions": "usable_face_time_short",
    }


@pytest.mark.parametrize(
    ("measurement", "code"),
    [
        (a_still(Verdict.NO_FACE), "no_face"),
        (a_still(Verdict.TOO_DARK), "quality_too_low"),
        (a_still(Verdict.USED, faces=2), "multiple_people"),
    ],
)
def test_a_picture_that_shows_no_one_face_well_is_withheld(measurement: Measurement, code: str):
    result = AGGREGATE(measurement, asked("expression", analyses=(EXPRESSION,)))

    assert [one.code for one in result.withheld] == [code]
    assert result.outcome is Outcome.WITHHELD


def test_a_measurement_comes_back_whole_from_its_bytes():
    measurement = measured(wholes=(("attention_pooling", 31.5),), events=(SMILE,))

    assert Measurement.from_json(measurement.to_json()) == measurement


def test_every_demonstration_that_speaks_is_named():
    result = AGGREGATE(measured(), asked("hmhn", "expression", analyses=(SEVERITY, EXPRESSION)))

    (notice,) = [one for one in result.notices if "demonstration" in one]
    assert "hmhn" in notice
    assert "expression" not in notice
