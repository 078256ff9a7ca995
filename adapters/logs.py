"""How processes log: one line an event on standard error, as JSON or as text.

    {"event": "assessment asm_… claimed, attempt 1", "level": "info", "logger": "worker.runner",
     "timestamp": "2026-11-22T17:00:00.000000Z", "request_id": "req_…", "assessment_id": "asm_…",
     "trace_id": "…"}

Lines carry ids and codes only. What an exception says may quote a file, a header or a caller,
so that of an exception its type is logged, and where it came from, but not its message.
"""

import logging
import traceback
from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import Any, Final

from adapters.log_context import ids

TEXT: Final = "%(asctime)s %(levelname)s %(name)s %(message)s"
JSON: Final = "json"
QUIET: Final = ("httpcore", "opentelemetry", "urllib3")
"""Libraries whose everyday lines are of no use; the exporter of traces repeats itself."""
OWN_HANDLERS: Final = ("uvicorn", "uvicorn.error")
"""Loggers that uvicorn gave handlers of its own before the application was made."""
IDS: Final = ("request_id", "assessment_id", "trace_id")

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def configure(log_format: str) -> None:
    """Have everything that this process logs written in the format, `json` or `text`."""
    handler = logging.StreamHandler()
    handler.setFormatter(_json() if log_format == JSON else Text(TEXT))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)
    for name in OWN_HANDLERS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True


class Text(logging.Formatter):
    """Lines for a person: what happened, then the ids, then where an exception came from."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        carried = {**ids(), **_extra(record)}
        head, *rest = super().format(record).split("\n", 1)
        pairs = [f" {name}={carried[name]}" for name in IDS if name in carried]
        told = "".join(pair for pair in pairs if pair not in head)
        return "\n".join([head + told, *rest])

    def formatException(self, ei: Any) -> str:  # noqa: N802  the base class' name
        """Return the type and the places, without the message."""
        return without_words(ei)


def without_words(raised: ExcInfo) -> str:
    """Return an exception's type and those behind it, with the places that they came through."""
    told: list[str] = []
    one: BaseException | None = raised[1]
    seen = set[int]()  # Two that name each other as their cause would be told for ever.
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        told.append(type(one).__qualname__)
        frames = traceback.extract_tb(one.__traceback__)
        told += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return "\n".join(told)


def _json() -> logging.Formatter:
    """Return structlog's formatter for the standard library's records, its own and others'."""
    # It brings asyncio and, where it is installed, rich: not for who logs text.
    import structlog

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _carry,
            _exception,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
        use_get_message=True,
    )


def _carry(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Add the ids; those that the line itself names come first."""
    record: logging.LogRecord = event["_record"]
    return {**event, **ids(), **_extra(record)}


def _exception(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Replace the exception by its type and places."""
    event.pop("exc_info", None)
    record: logging.LogRecord = event["_record"]
    if record.exc_info is not None and record.exc_info[1] is not None:
        event["exception"] = without_words(record.exc_info)
    return event


def _extra(record: logging.LogRecord) -> dict[str, str]:
    return {name: getattr(record, name) for name in IDS if hasattr(record, name)}
