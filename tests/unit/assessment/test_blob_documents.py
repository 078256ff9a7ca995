from assessment.ledger import Verdict
from assessment.measurement import Measurement
from assessment.request import Analysis, AssessmentRequest, Callback, Sampling, Select, Subject
from tests.samples import a_measurement, an_observation


def test_a_request_survives_its_blob():
    request = AssessmentRequest(
        analyses=(Analysis.EXPRESSION,),
        models=("hmhn",),
        sampling=Sampling(every_ms=None, every_n_frames=10),
        subject=Subject(Select.REGION, (0.1, 0.2, 0.3, 0.4)),
        callback=Callback("https://example.org/", "whsec_x", ("assessment.failed",)),
        reference="visit 7",
        metadata={"site": "Köln"},
        video_sha256="ab" * 32,
        video_bytes=123,
    )

    assert AssessmentRequest.from_json(request.to_json()) == request
    assert AssessmentRequest.from_json(AssessmentRequest().to_json()) == AssessmentRequest()


def test_a_measurement_survives_its_blob_bit_for_bit():
    rows = [an_observation(0, score=0.1 + 0.2), an_observation(1, Verdict.NO_FACE)]
    measurement = a_measurement(*rows)

    assert Measurement.from_json(measurement.to_json()) == measurement
