"""A tenant's keys as a table."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from rich.console import Console
from rich.table import Table

from assessment.access import Key

COLUMNS: Final = ("id", "name", "kind", "scopes", "ends in", "created", "last used", "state")
WIDEST: Final = 1000


def table(keys: Sequence[Key], at: datetime) -> Table:
    """Return the keys, one a row; `ends in` is what a key itself ends in."""
    shown = Table(*COLUMNS, box=None, pad_edge=False)
    for column in shown.columns:
        column.no_wrap = True
    for key in keys:
        shown.add_row(*_row(key, at))
    return shown


def show(shown: Table, console: Console) -> None:
    """Print the table whole: an id that is cut off in a pipe is no use to anybody."""
    width = Console(width=WIDEST).measure(shown).maximum
    Console(file=console.file, width=width).print(shown, crop=False)


def _row(key: Key, at: datetime) -> tuple[str, ...]:
    return (
        key.id,
        key.name,
        "live" if key.live else "test",
        " ".join(sorted(key.scopes)),
        f"…{key.hint}",
        _minute(key.created_at),
        _minute(key.last_used_at) if key.last_used_at else "never",
        _state(key, at),
    )


def _state(key: Key, at: datetime) -> str:
    if key.ended(at):
        return "expired"
    if key.of_settings:
        return "from the settings"
    return f"until {_minute(key.expires_at)}" if key.expires_at else "active"


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}Z"
