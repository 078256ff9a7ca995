"""Server-sent events, read as the HTML standard says."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its id, its name, and the JSON object that it carries."""

    id: str
    name: str
    data: dict[str, Any]


def events_of(lines: Iterable[str]) -> Iterator[Event]:
    """Yield the events of a stream of lines; comments and a cut last event are left out."""
    fields: dict[str, str] = {}
    last_id = ""
    for line in lines:
        if line:
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            several = name == "data" and "data" in fields
            fields[name] = f"{fields[name]}\n{value}" if several else value
            continue
        last_id = fields.get("id", last_id)
        if "data" in fields:
            yield Event(last_id, fields.get("event", "message"), json.loads(fields["data"]))
        fields = {}
