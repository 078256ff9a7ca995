"""A secret that is made once and kept as a file: 32 random bytes, for its owner's eyes only."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from assessment.faults import Misconfigured

BYTES: Final = 32


def kept_secret(path: Path) -> bytes:
    """Return the secret at the path; of many processes that make it at once, one wins.

    Raises `Misconfigured` when the file holds something else.
    """
    if not path.exists():
        _make(path)
    secret = path.read_bytes()
    if len(secret) != BYTES:
        raise Misconfigured(f"{path.name} in the data folder is damaged: remove it")
    return secret


def _make(path: Path) -> None:
    """Write the secret beside its place and link it there, whole or not at all."""
    descriptor, beside = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(beside, path)
    finally:
        Path(beside).unlink(missing_ok=True)
