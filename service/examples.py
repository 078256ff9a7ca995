"""One example of each body, by the name of its schema; a test holds each to its schema."""

from collections.abc import Mapping
from typing import Any, Final

from service.receipt_examples import ASSESSMENT, RECEIPT_EXAMPLES

_OWN: Final = f"/v1/assessments/{ASSESSMENT}"
_AT: Final = "2026-11-22T12:00:00Z"
_LATER: Final = "2026-11-22T12:00:31Z"
_LICENCE: Final = {"code": "Apache-2.0", "weights": "CC0-1.0", "commercial_use": True}
_DIGEST: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

_QUEUED: Final[dict[str, Any]] = {
    "id": ASSESSMENT,
    "status": "queued",
    "outcome": None,
    "created_at": _AT,
    "updated_at": _AT,
    "expires_at": None,
    "ended_at": None,
    "recording_erased_at": None,
    "erase_at": None,
    "progress": {
        "stage": "queued",
        "percent": 0,
        "queue_position": 2,
        "eta_ms": {"p50": 21000, "p90": 34000},
    },
    "reference": "visit-17",
    "metadata": {"clinic": "north"},
    "attempts": 0,
    "urls": {
        "self": _OWN,
        "cancel": f"{_OWN}/cancel",
        "events": f"{_OWN}/events",
        "timeline": f"{_OWN}/timeline",
        "segments": f"{_OWN}/segments",
        "report": f"{_OWN}/report",
        "receipt": f"{_OWN}/receipt",
        "fhir": f"{_OWN}/fhir",
    },
    "error": None,
}
_DONE: Final[dict[str, Any]] = {
    "stage": "done", "percent": 100, "queue_position": None, "eta_ms": None,
}  # fmt: skip
_ENDED: Final[dict[str, Any]] = {
    **_QUEUED,
    "status": "succeeded",
    "outcome": "withheld",
    "updated_at": _LATER,
    "ended_at": _LATER,
    "recording_erased_at": "2026-11-22T12:00:30Z",
    "erase_at": "2026-11-29T12:00:31Z",
    "progress": _DONE,
    "attempts": 1,
}
_RESULT: Final[dict[str, Any]] = {
    "sandbox": False,
    "severity": [],
    "expression": None,
    "more_expressions": [],
    "micro_expressions": None,
    "withheld": [
        {
            "analysis": analysis,
            "model": None,
            "code": "no_face",
            "have": "no face in 50 sampled frames",
            "need": "a face for 2000 ms",
            "advice": "No face was seen. Film one person, face on, in good light.",
        }
        for analysis in ("severity", "expression")
    ],
    "quality": {
        "frames": {
            "sampled": 50,
            "used": 0,
            "rejected": {
                "no_face": 50, "too_small": 0, "blurred": 0, "too_dark": 0, "too_bright": 0,
                "low_contrast": 0, "turned_away": 0, "occluded": 0, "other_person": 0,
                "undecodable": 0,
            },
        },
        "face_time_ms": 0,
        "duration_ms": 20000,
        "width": 1280,
        "height": 720,
    },
    "does_not_assess": ["suicide_risk"],
    "intended_use": "research",
    "notices": ["Research use. Not a medical device, not a diagnosis."],
    "provenance": {
        "video_sha256": _DIGEST,
        "models": [
            {
                "name": "hmhn", "version": "1", "sha256": _DIGEST, "licence": _LICENCE,
                "demonstration": True,
            }
        ],
        "settings_sha256": _DIGEST,
        "software": "mien 0.1.0",
    },
    "timeline_rows": 50,
    "timings_ms": {"total": 9100},
    "expressivity": None,
    "movement": None,
}  # fmt: skip
_KEY: Final[dict[str, Any]] = {
    "id": "key_0123456789abcdef0123456789abcdef",
    "name": "booking backend",
    "environment": "live",
    "scopes": ["create", "read"],
    "hint": "lMbc",
    "status": "active",
    "created_at": _AT,
    "expires_at": None,
    "last_used_at": None,
    "replaced_by": None,
    "of_settings": False,
}
_ENDPOINT: Final[dict[str, Any]] = {
    "id": "whe_0123456789abcdef0123456789abcdef",
    "url": "https://example.org/mien",
    "events": ["assessment.succeeded", "assessment.withheld"],
    "description": "booking backend",
    "enabled": True,
    "disabled_reason": None,
    "created_at": _AT,
    "rotating_until": None,
}
_DELIVERY: Final[dict[str, Any]] = {
    "id": "evt_0123456789abcdef0123456789abcdef_succeeded",
    "type": "assessment.withheld",
    "assessment_id": ASSESSMENT,
    "target": "callback",
    "sequence": 17,
    "state": "pending",
    "created_at": _LATER,
    "replays": 0,
    "attempts": [],
}
_PROBLEM: Final[dict[str, Any]] = {
    "type": "/problems/source_not_allowed",
    "title": "Source not allowed",
    "status": 422,
    "detail": "Use a public https address without user name or password.",
    "code": "source_not_allowed",
    "request_id": "req_0123456789abcdef01234567",
    "errors": [
        {
            "pointer": "/assessments/1/source/url",
            "detail": "the source is refused: the scheme is not https",
        }
    ],
}

EXAMPLES: Final[Mapping[str, Any]] = {
    "AssessmentBody": {**_ENDED, "result": _RESULT},
    "CreatedBody": {**_QUEUED, "result": None},
    "AssessmentList": {"data": [_ENDED], "next": None, "next_cursor": None},
    "BatchBody": {
        "items": [
            {"index": 0, "status": 202, "assessment": {**_QUEUED, "result": None}},
            {"index": 1, "status": 422, "problem": _PROBLEM},
        ]
    },
    **RECEIPT_EXAMPLES,
    "ModelList": {
        "data": [
            {
                "name": "hmhn",
                "version": "1",
                "task": "severity",
                "kind": "frame",
                "sha256": _DIGEST,
                "labels": [],
                "licence": _LICENCE,
                "demonstration": True,
                "evidence": None,
                "calibration": {"method": "split_conformal", "n": 60, "level": 0.9},
            }
        ]
    },
    "Live": {"status": "live"},
    "Readiness": {
        "status": "ready",
        "checks": {"store": "ok", "storage": "ok", "networks": "ok", "workers": "ok"},
        "reasons": [],
    },
    "KeyOptions": {"name": "booking backend", "scopes": ["create", "read"]},
    "KeyBody": _KEY,
    "KeyIssuedBody": {**_KEY, "key": "sk_live_EXAMPLE-shown-once-0123456789abcdefghijklmn"},
    "KeyList": {"data": [_KEY]},
    "RevokedBody": {"id": _KEY["id"], "revoked_at": _LATER},
    "EndpointOptions": {"url": "https://example.org/mien", "events": ["assessment.succeeded"]},
    "EndpointChanges": {"enabled": True},
    "SecretRotation": {"overlap_s": 86400},
    "EndpointBody": _ENDPOINT,
    "EndpointIssued": {**_ENDPOINT, "secret": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="},
    "EndpointList": {"data": [_ENDPOINT]},
    "EndpointDeleted": {"id": _ENDPOINT["id"], "deleted_at": _LATER},
    "UploadBody": {
        "id": "upl_0123456789abcdef0123456789abcdef",
        "length": 41943040,
        "offset": 0,
        "expires_at": "2026-11-23T12:00:00Z",
        "url": "/v1/uploads/upl_0123456789abcdef0123456789abcdef",
    },
    "Event": {
        "type": "assessment.withheld",
        "timestamp": _LATER,
        "sequence": 17,
        "data": {
            "id": ASSESSMENT,
            "status": "succeeded",
            "outcome": "withheld",
            "urls": {"self": _OWN},
        },
    },
    "TestEvent": {
        "type": "webhook.test",
        "timestamp": _LATER,
        "sequence": 0,
        "data": {
            "id": _ENDPOINT["id"],
            "urls": {"self": f"/v1/webhook-endpoints/{_ENDPOINT['id']}"},
        },
    },
    "DeliveryBody": _DELIVERY,
    "DeliveryList": {"data": [_DELIVERY]},
}
