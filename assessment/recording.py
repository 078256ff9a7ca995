"""A recording that has arrived, however it came."""

from dataclasses import dataclass
from pathlib import Path

from assessment.recording_faults import DigestMismatch


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording that has arrived whole and is safe on the disk, at its staging place."""

    path: Path
    sha256: str
    size: int

    def require(self, announced_sha256: str | None) -> None:
        """Raise `DigestMismatch` when another recording was announced."""
        if announced_sha256 not in (None, self.sha256):
            raise DigestMismatch("is not that of the recording", pointer="/request/sha256")
