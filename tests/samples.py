"""Small true-to-shape values for tests: assessments, measurements, manifests."""

from datetime import UTC, datetime

from assessment.assessment import Assessment, AssessmentId, Tenant
from assessment.ledger import Verdict
from assessment.manifest import Manifest
from assessment.measurement import FaceBox, Measurement, Media, Observation

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LABELS = ("neutral", "happy", "sad", "angry", "fear", "disgust", "surprise")
SAD = (0.1, 0.05, 0.8, 0.02, 0.01, 0.01, 0.01)
HAPPY = (0.1, 0.8, 0.05, 0.02, 0.01, 0.01, 0.01)


def an_id(number: int = 1) -> AssessmentId:
    return AssessmentId(f"asm_{number:032x}")


def an_assessment(number: int = 1, *, notify: bool = False) -> Assessment:
    return Assessment(
        id=an_id(number),
        tenant=Tenant("default"),
        created_at=NOON,
        updated_at=NOON,
        notify=notify,
    )


def an_observation(
    index: int,
    verdict: Verdict = Verdict.USED,
    expression: tuple[float, ...] = SAD,
    score: float = 20.0,
    faces: int = 1,
) -> Observation:
    if verdict is not Verdict.USED:
        seen = 0 if verdict is Verdict.NO_FACE else faces
        return Observation(index * 10, index * 400, verdict, faces=seen)
    return Observation(
        frame=index * 10,
        at_ms=index * 400,
        verdict=verdict,
        faces=faces,
        face=FaceBox(10, 20, 100, 120, 0.9),
        severity=(("hmhn", score), ("ddl_resnet50", score + 2)),
        expression=expression,
    )


def a_measurement(*observations: Observation) -> Measurement:
    return Measurement(
        media=Media(640, 480, "h264", "mp4", 300, 10_000, 400.0),
        observations=observations,
        timings_ms={"total": 1234},
    )


def a_manifest(
    name: str, *, demonstration: bool = True, calibrated: bool = True, evidence: bool = False
) -> Manifest:
    severity = name != "expression"
    residuals = [(i - 20) / 2 for i in range(41)]
    calibration = {
        "method": "split_conformal",
        "n": 41,
        "level": 0.9,
        "half_width": 9.0,
        "residuals": residuals,
    }
    document = {
        "name": name,
        "version": "1",
        "task": "severity" if severity else "expression",
        "sha256": "0" * 64,
        "input": {"name": "faces", "size": 224 if severity else 112},
        "output": {"name": "score" if severity else "probabilities"},
        "labels": None if severity else list(LABELS),
        "licence": {"code": "MIT", "weights": "MIT", "commercial_use": True},
        "demonstration": demonstration and severity,
        "evidence": {"data": "a trial"} if evidence else None,
        "calibration": calibration if severity and calibrated else None,
    }
    return Manifest.parse(document)


def manifests(**options: bool) -> dict[str, Manifest]:
    names = ("hmhn", "ddl_resnet50", "expression")
    return {name: a_manifest(name, **options) for name in names}
