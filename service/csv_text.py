"""Lines of CSV after RFC 4180, which a spreadsheet cannot take for formulas."""

import csv
from collections.abc import Iterable, Iterator
from typing import Final

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula."""


class _Sink:
    """Gives back what a `csv.writer` writes, one line a call."""

    def write(self, line: str) -> str:
        """Return the line, which `csv` passes on."""
        return line


def written(rows: Iterable[Iterable[object]]) -> Iterator[bytes]:
    """Yield a line a row; None is an empty cell."""
    writer = csv.writer(_Sink())  # Its `writerow` returns what the sink's `write` does.
    for row in rows:
        yield str(writer.writerow([_safe(cell) for cell in row])).encode()


def _safe(cell: object) -> object:
    """Return the cell, a text that a spreadsheet would run as a formula with a quote before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
