"""What is said of pictures of the face, and that an assessment without them is as it ever was."""

import json
from dataclasses import replace

import pytest

from assessment import blob_names, kept_faces
from assessment.aggregation import Aggregator, settings_digest
from assessment.assessment import Status
from assessment.kept_faces import KeptFace
from assessment.measurement import Measurement
from assessment.request import AssessmentRequest
from tests.samples import NOON, a_measurement, an_assessment, an_observation, manifests

FACES = (KeptFace(0, 0, "/9j/AA=="), KeptFace(90, 3600, "/9j/BB=="))
GOOD = replace(a_measurement(*(an_observation(i) for i in range(10))), kept_faces=FACES)
TWO_PEOPLE = replace(
    a_measurement(*(an_observation(i, faces=2) for i in range(10))), kept_faces=FACES
)
ASKED = AssessmentRequest(include_faces=True)
BEFORE = "52730cbc62245607fa5aefd2300294f4f92c177f272ef1b888a2c1d9a638c204"
"""The digest that the release before this option told of a request that asks for nothing."""
aggregate = Aggregator(manifests(), production=False, software="mien test")


def test_a_result_says_when_the_faces_that_are_kept_were_seen():
    result = aggregate(GOOD, ASKED)

    assert result.kept_faces_ms == (0, 3600)
    assert result.notices[-1] == kept_faces.KEPT_NOTICE.format(count=2)
    assert "/9j/" not in json.dumps(result.to_dict())


def test_of_a_recording_of_which_nothing_is_reported_no_face_is_kept():
    result = aggregate(TWO_PEOPLE, ASKED)

    assert {one.code for one in result.withheld} == {"multiple_people"}
    assert result.kept_faces_ms == ()
    assert result.notices[-1] == kept_faces.NONE_NOTICE


def test_without_the_wish_nothing_is_said_of_it_and_the_digest_of_settings_stays_what_it_was():
    result = aggregate(replace(GOOD, kept_faces=()), AssessmentRequest())

    assert result.kept_faces_ms is None
    assert not any("Pictures" in one for one in result.notices)
    assert settings_digest(AssessmentRequest()) == BEFORE
    assert settings_digest(ASKED) != BEFORE


def test_faces_survive_their_blob_and_that_of_the_measurement():
    assert kept_faces.from_json(kept_faces.to_json(FACES)) == FACES
    assert Measurement.from_json(GOOD.to_json()) == GOOD
    assert AssessmentRequest.from_json(ASKED.to_json()) == ASKED


def test_documents_of_before_have_none():
    measured, asked = json.loads(GOOD.to_json()), json.loads(ASKED.to_json())
    del measured["kept_faces"], asked["include_faces"]

    assert Measurement.from_json(json.dumps(measured).encode()).kept_faces == ()
    assert AssessmentRequest.from_json(json.dumps(asked).encode()).include_faces is False


@pytest.mark.parametrize("status", [Status.SUCCEEDED, Status.FAILED])
def test_only_the_faces_of_the_attempt_that_succeeded_may_stay(status: Status):
    ended = an_assessment()
    for step in (Status.PROCESSING, Status.QUEUED, Status.PROCESSING, status):
        ended = ended.to(step, at=NOON)

    gone = set(blob_names.unkept(ended))

    assert blob_names.faces_name(1) in gone
    assert (blob_names.faces_name(2) in gone) is (status is Status.FAILED)
    assert blob_names.class_of(blob_names.faces_name(2)) == "faces"
