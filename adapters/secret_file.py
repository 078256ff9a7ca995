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
        write_once(path, secrets.token_bytes(BYTES))
    secret = path.read_bytes()
    if len(secret) != BYTES:
        raise Misconfigured(f"{path.name} in the data folder is damaged: remove it")
    return secret


def write_once(path: Path, content: bytes) -> None:
    """Write the content beside its place and link it there, whole; what is there already stays."""
    descriptor, beside = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(beside, path)
        _sync(path.parent)
    finally:
        Path(beside).unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """Make the link survive a power cut: what was signed or sealed must stay readable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
