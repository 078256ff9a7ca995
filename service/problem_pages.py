"""Every problem explained: a page for each code, and all of them as docs/problems.md.

    python -m service.problem_pages > docs/problems.md

All words come from the faults themselves, so that a page and an answer never disagree.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from assessment.faults import DeadlinePassed, Fault
from assessment.sandbox import ending_faults
from service.problems import title_of
from service.statuses import RETRY_AFTER_S, STATUS, retryable

ENDINGS: Final = frozenset({*ending_faults(), DeadlinePassed.code})
"""The codes with which an assessment can end: what a worker tells, or its own deadline."""

HEAD: Final = """\
# Problems

Every error is a problem document after RFC 9457 (`application/problem+json`) with a stable `code`,
a `detail` that says what to do, and a `request_id` to name to the operator. `errors[].pointer`
says where in the request a value breaks a rule. An assessment that failed carries the same codes in
its `error`. The `type` of a problem, `/problems/CODE`, is served by mien and shows its entry here.

Written by `python -m service.problem_pages`; a test holds it to the code.
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be known of one code."""

    code: str
    title: str
    status: int
    meanings: tuple[str, ...]
    advice: tuple[str, ...]
    retry_after_s: int | None
    retryable: bool
    ends_assessments: bool


def entries() -> dict[str, Entry]:
    """Return an entry for each code, in the order of codes."""
    codes = sorted({fault.code for fault in STATUS})
    return {code: _entry(code, [one for one in STATUS if one.code == code]) for code in codes}


def _entry(code: str, kinds: list[type[Fault]]) -> Entry:
    waits = [RETRY_AFTER_S[kind] for kind in kinds if kind in RETRY_AFTER_S]
    return Entry(
        code=code,
        title=title_of(code),
        status=int(STATUS[kinds[0]]),
        meanings=tuple(dict.fromkeys(_first_line(kind) for kind in kinds)),
        advice=tuple(dict.fromkeys(kind.advice for kind in kinds)),
        retry_after_s=waits[0] if waits else None,
        retryable=retryable(code),
        ends_assessments=code in ENDINGS,
    )


def _first_line(kind: type[Fault]) -> str:
    return (kind.__doc__ or "").strip().split("\n", 1)[0]


def facts(entry: Entry) -> Iterator[str]:
    """Return the facts of an entry, a sentence each."""
    yield f"HTTP status {entry.status}."
    if entry.retry_after_s is not None:
        plural = "" if entry.retry_after_s == 1 else "s"
        yield f"Comes with `Retry-After`, usually {entry.retry_after_s} second{plural}."
    if entry.ends_assessments:
        yield "Can be the `error.code` of an assessment."
    again = "can" if entry.retryable else "does not"
    yield f"Sending the same again {again} help."


def document() -> str:
    """Return all entries as Markdown."""
    parts = [HEAD]
    for entry in entries().values():
        lines = [f"## `{entry.code}`", "", " ".join(entry.meanings), ""]
        lines += [f"* What to do: {one}" for one in entry.advice]
        lines += [f"* {fact}" for fact in facts(entry)]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    sys.stdout.write(document())
