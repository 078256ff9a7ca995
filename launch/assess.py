"""One recording from upload to result, over the public API."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from rich.console import Console

from launch.client import Assessments, Document
from launch.faults import AssessmentFailed
from launch.progress import Display, display
from launch.summary import summary


def assess(
    api: Assessments, video: Path, console: Console, pause: Callable[[float], None]
) -> Document:
    """Upload a recording, follow it to its end, and return the assessment with its result."""
    created = api.create(video, {})
    console.print(f"Created assessment {created['id']}", highlight=False)
    with display(console) as shown:
        last = watch(api.follow(created["id"], pause), shown)
    require_result(last)
    return last


def watch(states: Iterable[Document], shown: Display) -> Document:
    """Show every state, and return the last one."""
    last: Document = {}
    for current in states:
        shown.show(current)
        last = current
    return last


def require_result(assessment: Document) -> None:
    """Raise `AssessmentFailed` with the service's own words unless there is a result."""
    status = assessment["status"]
    if status == "succeeded":
        return
    said = f"assessment {assessment['id']} {status}"
    error = assessment.get("error")
    if error:
        said += f", {error.get('code', 'no code')}: {error.get('detail', 'no detail')}"
    if error and error.get("retryable"):
        said += " (sending it again can help)"
    raise AssessmentFailed(said)


def save(api: Assessments, assessment: Document, folder: Path) -> list[Path]:
    """Write the assessment, its timeline, report, receipt and what checks it; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    names = ("assessment.json", "timeline.jsonl", "report.html", "receipt.json", "keys.json")
    answer, timeline, report, receipt, keys = (folder / name for name in names)
    answer.write_text(json.dumps(assessment, indent=2, ensure_ascii=False) + "\n")
    api.save_timeline(assessment["id"], timeline)
    api.save_report(assessment["id"], report)
    api.save_receipt(assessment["id"], receipt)
    api.save_receipt_keys(keys)
    return [answer, timeline, report, receipt, keys]


def show(console: Console, assessment: Document) -> None:
    """Print the readable summary."""
    console.print(summary(assessment))
