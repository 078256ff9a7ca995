"""An assessment as its owner sees it: record, request and result in one object."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from assessment.request import Callback
from service.archive import View
from service.statuses import advice_of, retryable


def assessment_body(view: View) -> dict[str, Any]:
    """Return the object of `GET /v1/assessments/{id}`."""
    one, request = view.assessment, view.request
    return {
        "id": one.id,
        "status": one.status,
        "outcome": one.outcome,
        "created_at": timestamp(one.created_at),
        "updated_at": timestamp(one.updated_at),
        "expires_at": _maybe(one.expires_at),
        "ended_at": _maybe(one.ended_at),
        "recording_erased_at": _maybe(one.recording_erased_at),
        "erase_at": _maybe(one.erase_at),
        "progress": {
            "stage": one.progress.stage,
            "percent": one.progress.percent,
            "queue_position": view.queue_position,
            "eta_ms": asdict(view.eta) if view.eta else None,
        },
        "reference": request.reference if request else None,
        "metadata": request.metadata if request else {},
        "attempts": one.attempt,
        "urls": _urls(one.id),
        "error": _error(one.fault) if one.fault else None,
        "result": view.result,
    }


def summary_body(view: View) -> dict[str, Any]:
    """Return the object as lists hold it: without the result."""
    body = assessment_body(view)
    del body["result"]
    return body


def created_body(view: View, callback: Callback | None) -> dict[str, Any]:
    """Return the object of a 202: the same, and once only the callback's secret."""
    if callback is None:
        return assessment_body(view)
    told = {"url": callback.url, "secret": callback.secret}
    return {**assessment_body(view), "callback": told}


def timestamp(at: datetime) -> str:
    """Return the time after RFC 3339, in UTC."""
    return at.isoformat().replace("+00:00", "Z")


def _maybe(at: datetime | None) -> str | None:
    return None if at is None else timestamp(at)


def _urls(assessment_id: str) -> Mapping[str, str]:
    own = f"/v1/assessments/{assessment_id}"
    return {
        "self": own,
        "cancel": f"{own}/cancel",
        "events": f"{own}/events",
        "timeline": f"{own}/timeline",
        "segments": f"{own}/segments",
        "report": f"{own}/report",
        "receipt": f"{own}/receipt",
        "fhir": f"{own}/fhir",
    }


def _error(code: str) -> Mapping[str, Any]:
    return {"code": code, "detail": advice_of(code), "retryable": retryable(code)}
