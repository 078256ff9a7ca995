"""Celery as seen from both ends: the task's name, the settings, and the sender.

The settings are those of a system in which the record is the truth and a message a
hint: nothing here tries to save a message that is lost (see docs/adr).
"""

import logging
from typing import Any, Final

from celery import Celery
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from adapters.log_context import ids
from adapters.tracing import UNTRACED, Kind, Tracing
from assessment.assessment import AssessmentId

RUN_ASSESSMENT: Final = "assessments.run"
REQUEST_ID: Final = "mien_request_id"
"""The header of a message that names the request behind it, for the worker's log."""
SENT: Final = {
    "messaging.system": "celery",
    "messaging.operation.type": "send",
    "messaging.destination.name": "celery",
}

log = logging.getLogger(__name__)


def broker_url(redis_url: str) -> str:
    """Return the broker's address in kombu's spelling of a unix socket."""
    if redis_url.startswith("unix://"):
        path, _, query = redis_url.removeprefix("unix://").partition("?")
        database = query.removeprefix("db=") or "0"
        return f"redis+socket://{path}?virtual_host={database}"
    return redis_url


def celery_app(redis_url: str, *, attempt_limit_s: float = 6 * 3600.0) -> Celery:
    """Return a Celery application that speaks JSON, acknowledges late and keeps no results."""
    app = Celery("mien", broker=broker_url(redis_url))
    settings: dict[str, Any] = {
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_reject_on_worker_lost": False,  # recovery is the sweeper's work
        "task_publish_retry": False,
        "task_soft_time_limit": None,  # cannot interrupt native code; the runner has its own clock
        "task_time_limit": attempt_limit_s + 60,
        "worker_prefetch_multiplier": 1,
        "worker_max_tasks_per_child": 200,
        "worker_max_memory_per_child": 1_500_000,
        "worker_hijack_root_logger": False,
        "worker_send_task_events": False,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_transport_options": {
            "visibility_timeout": 2 * attempt_limit_s,
            "unacked_restore_interval": 10,
            "unacked_restore_throttle": 1,
            "socket_timeout": 5,
            "socket_connect_timeout": 2,
            "socket_keepalive": not redis_url.startswith("unix://"),
            "health_check_interval": 5,
            "global_keyprefix": "mien:celery:",
        },
    }
    app.conf.update(settings)
    return app


def request_header() -> dict[str, str]:
    """Return the id of the request that is being answered as a header of a message."""
    carried = ids()
    return {REQUEST_ID: carried["request_id"]} if "request_id" in carried else {}


class CeleryQueue:
    """The port `Queue`: submits by name, so that the service imports no worker code."""

    def __init__(self, app: Celery, tracing: Tracing = UNTRACED) -> None:
        self._app = app
        self._tracing = tracing

    def submit(self, assessment_id: AssessmentId) -> None:
        """Ask a worker to run the assessment; the sweeper sends again what is lost."""
        sent = {**SENT, "mien.assessment.id": assessment_id}
        try:
            with self._tracing.span(f"{RUN_ASSESSMENT} send", Kind.PRODUCER, attributes=sent):
                headers = {**self._tracing.carrier(), **request_header()}
                args = [assessment_id]
                self._app.send_task(RUN_ASSESSMENT, args=args, argsrepr="(id)", headers=headers)
        except (OperationalError, RedisError, OSError):
            log.warning("a message could not be sent; the sweeper will send it")
