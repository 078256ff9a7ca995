"""The count at the end: what was lost, doubled, stuck, wrong, untold or left behind.

Each number is a promise of the service; all but the first two lines have to be 0.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from tests.chaos.clients import Told
from tests.chaos.receiver import Received

TOLD_FAILURES: Final = ("decoder_crashed", "worker_crashed")
"""How an assessment may end whose own processes were killed; `retryable` says the rest."""


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Counts of assessments, webhooks and files; the recovery in seconds."""

    accepted: int
    succeeded: int
    failed_by_a_kill: int
    lost: int
    doubled: int
    stuck: int
    wrong: int
    errors_500: int
    webhooks_lost: int
    webhooks_doubled: int
    phi_left: int
    longest_recovery_s: float

    def lines(self) -> list[str]:
        """One line a number."""
        return [
            f"{one.name.replace('_', ' '):20} {getattr(self, one.name)}" for one in fields(self)
        ]

    @property
    def broken(self) -> list[str]:
        """The promises that did not hold."""
        counted = ("lost", "doubled", "stuck", "wrong", "errors_500")
        more = ("webhooks_lost", "webhooks_doubled", "phi_left")
        broken = [name for name in (*counted, *more) if getattr(self, name)]
        return broken + (["longest_recovery_s"] if self.longest_recovery_s > 60 else [])


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that a run left to be counted."""

    works: int
    told: Told
    received: Received
    listed: int
    expected: Mapping[str, Any]
    videos: Mapping[int, str]
    killed_at: Sequence[float]
    phi_left: int


def reckon(seen: Seen) -> Reckoning:
    """Count."""
    told, ended = seen.told, seen.told.ended
    accepted = set(told.ids.values())
    failures = Counter((body.get("error") or {}).get("code") for body in ended.values())
    failed_by_a_kill = sum(failures[code] for code in TOLD_FAILURES)
    heard = seen.received.ids
    return Reckoning(
        accepted=len(accepted),
        succeeded=sum(body["status"] == "succeeded" for body in ended.values()),
        failed_by_a_kill=failed_by_a_kill,
        lost=seen.works - len(told.ids) + len(told.gone),
        doubled=max(0, seen.listed - len(accepted)),
        stuck=len(accepted - ended.keys() - told.gone),
        wrong=_wrong(seen),
        errors_500=len(told.refusals),
        webhooks_lost=sum(1 for one in ended if not heard.get(one)),
        webhooks_doubled=sum(len(ids) > 1 for ids in heard.values()),
        phi_left=seen.phi_left,
        longest_recovery_s=_longest_recovery_s(seen),
    )


def facts(body: Mapping[str, Any]) -> Any:
    """What an assessment says, without what may differ: how long things took."""
    result = body.get("result") or {}
    return {name: value for name, value in result.items() if name != "timings_ms"}


def _wrong(seen: Seen) -> int:
    """Assessments that ended otherwise than their recording does when nothing is killed."""
    wrong = 0
    for number, assessment_id in seen.told.ids.items():
        body = seen.told.ended.get(assessment_id)
        if body is None:
            continue
        if body["status"] == "succeeded":
            wrong += facts(body) != seen.expected[seen.videos[number]]
        else:
            wrong += (body.get("error") or {}).get("code") not in TOLD_FAILURES
    return wrong


def _longest_recovery_s(seen: Seen) -> float:
    """The longest time from a kill until the next assessment ended, while any was unfinished."""
    ends = sorted(seen.told.ended_at.values())
    waits = [next((end - kill for end in ends if end > kill), 0.0) for kill in seen.killed_at]
    return round(max(waits, default=0.0), 1)


def files_with(words: Iterable[bytes], folder: Path) -> list[Path]:
    """The files below a folder that hold any of the words."""
    wanted = tuple(words)
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if any(word in path.read_bytes() for word in wanted)]
