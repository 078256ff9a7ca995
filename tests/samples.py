"""Small true-to-shape values for tests: assessments, measurements, manifests."""

from dataclasses import asdict
from datetime import UTC, datetime

from assessment.assessment import Assessment, AssessmentId, Tenant
from assessment.audit import Entry
from assessment.ledger import Verdict
from assessment.manifest import Manifest
from assessment.measurement import FaceBox, FaceQuality, Measurement, Media, Observation
from assessment.thresholds import Thresholds
from networks.tensors import SERVED

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LABELS = ("neutral", "happy", "sad", "angry", "fear", "disgust", "surprise")
MICRO_LABELS = ("negative", "positive", "surprise")
A_GOOD_LOOK = FaceQuality(
    size=44.0,
    yaw=0.02,
    pitch=0.55,
    roll_degrees=-1.5,
    light=120.0,
    contrast=36.0,
    sharpness=0.28,
    eye_detail=1.9,
    mouth_detail=1.6,
    eye_width=0.98,
)
LENIENT = Thresholds(
    min_sharpness=0.0,
    min_light=0.0,
    max_light=256.0,
    max_black_share=1.0,
    min_contrast=0.0,
    min_eye_detail=0.0,
    min_mouth_detail=0.0,
)
"""Painted pictures hold no detail, which is not what is tested here."""
SAD = (0.1, 0.05, 0.8, 0.02, 0.01, 0.01, 0.01)
HAPPY = (0.1, 0.8, 0.05, 0.02, 0.01, 0.01, 0.01)


ENTRY = Entry(
    at="2026-01-01T12:00:00.000Z",
    tenant="ours",
    key_id="key_0123456789abcdef",
    method="GET",
    route="/v1/assessments/{id}",
    subject="asm_0123456789abcdef0123456789abcdef",
    status=200,
    request_id="req_0123456789abcdef",
)
"""A line of the audit stream."""


def an_id(number: int = 1) -> AssessmentId:
    return AssessmentId(f"asm_{number:032x}")


def an_assessment(number: int = 1) -> Assessment:
    return Assessment(
        id=an_id(number),
        tenant=Tenant("default"),
        created_at=NOON,
        updated_at=NOON,
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
        quality=A_GOOD_LOOK,
        severity=(("hmhn", score), ("ddl_resnet50", score + 2)),
        expression=(("expression", expression),),
    )


def a_measurement(*observations: Observation) -> Measurement:
    return Measurement(
        media=Media(640, 480, "h264", "mp4", 300, 10_000, 400.0, 400.0),
        observations=observations,
        timings_ms={"total": 1234},
    )


CALIBRATION = {
    "method": "split_conformal",
    "n": 41,
    "level": 0.9,
    "half_width": 9.0,
    "residuals": [(i - 20) / 2 for i in range(41)],
}
SEVERITY_OUTPUTS = {
    "hmhn": "score",
    "ddl_resnet50": "expectation",
    "attention_pooling": "score",
    "temporal_resnet50": "score",
}
CLIPS = {
    "temporal_resnet50": {"frames": 16, "interval_ms": 400},
    "two_stream": {"frames": 11, "interval_ms": 400},
}


def a_manifest(
    name: str, *, demonstration: bool = True, calibrated: bool = True, evidence: bool = False
) -> Manifest:
    """The manifest of a served network, its tensors as they are served."""
    served = next(one for one in SERVED if one.name == name)
    severity = name in SEVERITY_OUTPUTS
    return Manifest.parse(
        {
            "name": name,
            "version": "1",
            "task": task_of(name),
            "kind": str(served.kind),
            "sha256": "0" * 64,
            "inputs": [asdict(tensor) for tensor in served.inputs],
            "face": {"size": 112 if name == "expression" else 224},
            "clip": CLIPS.get(name),
            "features": "resnet50_features" if name == "attention_pooling" else None,
            "output": output_of(name),
            "labels": labels_of(name),
            "licence": {"code": "MIT", "weights": "MIT", "commercial_use": True},
            "demonstration": demonstration and name != "expression",
            "evidence": {"data": "a trial"} if evidence else None,
            "calibration": CALIBRATION if severity and calibrated else None,
        }
    )


def task_of(name: str) -> str:
    if name in SEVERITY_OUTPUTS:
        return "severity"
    others = {"resnet50_features": "features", "micro_expression": "micro_expressions"}
    return others.get(name, "expression")


def output_of(name: str) -> dict[str, object]:
    if name == "resnet50_features":
        return {"name": "features", "width": 2048}
    return {"name": SEVERITY_OUTPUTS.get(name, "probabilities")}


def labels_of(name: str) -> list[str] | None:
    if name == "micro_expression":
        return list(MICRO_LABELS)
    return list(LABELS) if task_of(name) == "expression" else None


def all_manifests() -> dict[str, Manifest]:
    return {one.name: a_manifest(one.name) for one in SERVED}


def manifests(**options: bool) -> dict[str, Manifest]:
    names = ("hmhn", "ddl_resnet50", "expression")
    return {name: a_manifest(name, **options) for name in names}
