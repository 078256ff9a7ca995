"""Who did what with whose data: one entry a request, in a chain that shows what was taken out.

    digest of the entry before + entry ─SHA-256─▶ digest of this one ─▶ …

An entry has ids, a route and a status: no address, no name, no word of a caller and nothing of
a patient. It outlives the assessment, because "who read it?" is asked afterwards.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final, Protocol, cast

BEGINNING: Final = "0" * 64
"""What stands for the digest before the first entry of a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One request: when it ended (RFC 3339, UTC), by which key, where, on what, with what outcome.

    `tenant` and `key_id` are None for who was not let in; `subject` is the id that the route
    was asked for, or the one that it made, and None where there is none.
    """

    at: str
    tenant: str | None
    key_id: str | None
    method: str
    route: str
    subject: str | None
    status: int
    request_id: str


class Audit(Protocol):
    """Keeps entries, in their order."""

    def note(self, entry: Entry) -> None:
        """Keep an entry."""
        ...


def linked(before: str, entry: Entry) -> tuple[str, str]:
    """Return the entry as a line of JSON with its digest, and the digest."""
    document = asdict(entry)
    digest = _digest(before, document)
    return json.dumps(document | {"digest": digest}, separators=(",", ":")), digest


def entries(lines: Iterable[str]) -> Iterator[tuple[dict[str, Any], bool]]:
    """Yield every entry of a file, and whether it follows from the one before."""
    before = BEGINNING
    for line in lines:
        document = _read(line)
        told = document.pop("digest", None)
        yield document, told == _digest(before, document)
        before = str(told)


def _read(line: str) -> dict[str, Any]:
    try:
        document = json.loads(line)
    except ValueError:
        return {}
    return cast("dict[str, Any]", document) if isinstance(document, dict) else {}


def _digest(before: str, document: dict[str, Any]) -> str:
    canonical = json.dumps(document, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(f"{before}\n{canonical}".encode()).hexdigest()
