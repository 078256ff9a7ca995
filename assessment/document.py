"""The version of what is stored: each record and blob of JSON says by which rules it was written.

    schema absent ─▶ release 1, before there were versions    fields that came later have defaults
    schema 2      ─▶ this release
    schema above  ─▶ `NewerDocument`: a later release's, left to the processes of that release

A rule for who changes what is stored: a field that is added has a default and keeps the number. A
field whose meaning changes, or that goes, raises `SCHEMA`; then `readable` turns documents of the
version before into today's, and the release before is the only one that may run beside this one.
"""

from collections.abc import Mapping
from typing import Any, Final

from assessment.faults import NewerDocument

SCHEMA: Final = 2
FIRST: Final = 1
"""What has no version was written before there was one."""
KEY: Final = "schema"


def written(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields as they are stored: with the version of their rules."""
    return {KEY: SCHEMA, **fields}


def readable(raw: Any) -> dict[str, Any]:
    """Return what was stored, for this release to read; raises `NewerDocument` for a later one's.

    Documents of release 1 lack only fields that have defaults, so nothing is turned today.
    """
    version = raw.get(KEY, FIRST)
    if version > SCHEMA:
        raise NewerDocument(f"a document of version {version}; this release reads up to {SCHEMA}")
    return {name: value for name, value in raw.items() if name != KEY}
