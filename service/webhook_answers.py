"""Endpoints and deliveries as their owner sees them."""

from datetime import datetime
from typing import Any

from assessment.deliveries import Attempt, Delivery
from assessment.endpoints import Endpoint
from service.answers import timestamp


def endpoint_body(endpoint: Endpoint, now: datetime) -> dict[str, Any]:
    """Return the endpoint without its secret."""
    until = endpoint.former_until if len(endpoint.secrets(now)) > 1 else None
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "events": list(endpoint.events),
        "description": endpoint.description,
        "enabled": endpoint.enabled,
        "disabled_reason": endpoint.disabled_reason,
        "created_at": timestamp(endpoint.created_at),
        "rotating_until": timestamp(until) if until else None,
    }


def issued_body(endpoint: Endpoint, now: datetime) -> dict[str, Any]:
    """Return the endpoint with its secret, for the one answer that shows it."""
    return {**endpoint_body(endpoint, now), "secret": endpoint.secret}


def delivery_body(delivery: Delivery) -> dict[str, Any]:
    """Return the delivery and its tries: no address and no body."""
    message = delivery.message
    return {
        "id": message.id,
        "type": message.type,
        "assessment_id": message.assessment_id,
        "target": message.target,
        "sequence": message.sequence,
        "state": delivery.state,
        "created_at": timestamp(delivery.created_at),
        "replays": delivery.replays,
        "attempts": [_attempt(one) for one in delivery.attempts],
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "at": timestamp(attempt.at),
        "status": attempt.status,
        "error": attempt.error,
        "duration_ms": attempt.duration_ms,
        "next_at": timestamp(attempt.next_at) if attempt.next_at else None,
    }
