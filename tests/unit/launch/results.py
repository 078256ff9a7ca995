"""Assessments as the API answers them."""

from typing import Any


def reported() -> dict[str, Any]:
    """Return a result with every analysis answered, by demonstration weights."""
    return {
        "severity": [
            {
                "model": "hmhn",
                "scale": "0-63, aligned to BDI-II",
                "point": 12.34,
                "interval": {
                    "level": 0.9, "low": 4.1, "high": 20.6, "method": "split_conformal", "n": 40,
                },
                "bands": {"minimal": 0.6, "mild": 0.3, "moderate": 0.1, "severe": 0.0},
                "evidence": None,
                "demonstration": True,
            }
        ],
        "expression": {
            "model": "expression",
            "labels": ["neutral", "happy"],
            "mean": {"neutral": 0.25, "happy": 0.75},
            "dominant": "happy",
            "segments": [],
        },
        "withheld": [],
        "quality": {
            "frames": {"sampled": 10, "used": 8, "rejected": {"no_face": 2, "blurred": 0}},
            "face_time_ms": 3200,
            "duration_ms": 4000,
            "width": 640,
            "height": 480,
        },
        "does_not_assess": ["suicide_risk"],
        "intended_use": "research",
        "notices": ["Research use."],
        "provenance": {
            "video_sha256": "ab" * 32,
            "models": [
                {"name": "hmhn", "version": "1", "sha256": "cd" * 32, "demonstration": True}
            ],
        },
        "timings_ms": {"decode": 800},
    }  # fmt: skip


def withheld() -> dict[str, Any]:
    """Return a result without any number about the person."""
    return reported() | {
        "severity": None,
        "expression": None,
        "withheld": [
            {
                "analysis": "severity",
                "code": "no_face",
                "have": "no face in 10 sampled frames",
                "need": "a face for 1000 ms",
                "advice": "Record the face from the front.",
            }
        ],
    }
