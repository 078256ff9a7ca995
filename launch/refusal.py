"""Problems of the API (RFC 9457) as faults for the person at the terminal."""

from typing import Any

import httpx

from launch.faults import Refused


def require_success(answer: httpx.Response) -> None:
    """Raise `Refused` with the service's own words unless the answer is a success."""
    if answer.is_success:
        return
    answer.read()
    problem = _document(answer)
    raise Refused(
        status=answer.status_code,
        title=str(problem.get("title", answer.reason_phrase)),
        detail="\n".join(_lines(problem)),
        code=str(problem.get("code") or ""),
        retry_after_s=_seconds(answer.headers.get("retry-after", "")),
    )


def _document(answer: httpx.Response) -> dict[str, Any]:
    try:
        problem = answer.json()
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}


def _lines(problem: dict[str, Any]) -> list[str]:
    """Return what to do, each value that breaks a rule, the limit, and whom to name it to."""
    lines = [str(problem.get("detail") or "")]
    lines += [f"  {one.get('pointer')}: {one.get('detail')}" for one in problem.get("errors") or ()]
    if "limit_bytes" in problem:
        lines.append(f"  limit: {int(problem['limit_bytes']):,} bytes")
    if "missing_scope" in problem:
        lines.append(f"  missing scope: {problem['missing_scope']}")
    if "request_id" in problem:
        lines.append(f"  request id: {problem['request_id']}")
    return lines


def _seconds(text: str) -> float | None:
    return float(text) if text.isdecimal() else None
