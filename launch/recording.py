"""A recording on its way: read in pieces, counted, hashed."""

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

Sent = Callable[[int], None]
"""Told how many bytes of the recording have been sent."""


def nobody(_: int) -> None:
    """Tell nobody."""


class Counted(io.BufferedReader):
    """A file that tells how far it was read."""

    def __init__(self, path: Path, sent: Sent) -> None:
        super().__init__(path.open("rb", buffering=0))
        self._sent = sent

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next bytes."""
        content = super().read(size)
        self._sent(self.tell())
        return content


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of the file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
