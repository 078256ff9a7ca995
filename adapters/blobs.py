"""Blobs as files: `ROOT/blobs/ID/NAME`, folders 0700, files 0600, written whole or not at all."""

import logging
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from adapters.disk import room
from assessment.assessment import ID_PATTERN, AssessmentId

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FolderBlobs:
    """Blobs below one folder of the local file system."""

    root: Path

    @property
    def staging(self) -> Path:
        """Where files arrive before they are adopted; on the same file system."""
        return self.root / "staging"

    @property
    def uploads(self) -> Path:
        """Where resumable uploads arrive; on the same file system."""
        return self.root / "uploads"

    @property
    def _blobs(self) -> Path:
        return self.root / "blobs"

    def prepare(self) -> None:
        """Create the folders."""
        for folder in (self.root, self.staging, self.uploads, self._blobs):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _folder(self, assessment_id: AssessmentId) -> Path:
        if not ID_PATTERN.fullmatch(assessment_id):
            raise ValueError("an id that is no id reached the blobs")
        return self._blobs / assessment_id

    def put(self, assessment_id: AssessmentId, name: str, content: bytes) -> None:
        """Store the content whole or not at all."""
        with room():
            descriptor, staged = tempfile.mkstemp(dir=self.staging)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                self.adopt(assessment_id, name, Path(staged))
            finally:
                Path(staged).unlink(missing_ok=True)

    def get(self, assessment_id: AssessmentId, name: str) -> bytes | None:
        """Return the content, or None when there is none."""
        try:
            return (self._folder(assessment_id) / name).read_bytes()
        except FileNotFoundError:
            return None

    def path(self, assessment_id: AssessmentId, name: str) -> Path | None:
        """Return a local path to the content, or None when there is none."""
        path = self._folder(assessment_id) / name
        return path if path.is_file() else None

    def adopt(self, assessment_id: AssessmentId, name: str, staged: Path) -> None:
        """Move a staged file, already synced, to its place in one step."""
        folder = self._folder(assessment_id)
        new = not folder.is_dir()
        folder.mkdir(mode=0o700, exist_ok=True)
        staged.rename(folder / name)
        _sync(folder)
        if new:  # Else it was synced by whoever made it.
            _sync(self._blobs)

    def remove(self, assessment_id: AssessmentId, name: str) -> None:
        """Erase one blob."""
        (self._folder(assessment_id) / name).unlink(missing_ok=True)

    def erase(self, assessment_id: AssessmentId) -> Sequence[str]:
        """Erase all blobs of the assessment and return their names; the sweeper tries again."""
        folder = self._folder(assessment_id)
        try:
            names = sorted(path.name for path in folder.iterdir())
        except FileNotFoundError:
            return []
        shutil.rmtree(folder, ignore_errors=True)
        left = {name for name in names if os.path.lexists(folder / name)}
        if left:
            log.error("assessment %s: %d blobs could not be erased", assessment_id, len(left))
        # A receipt is signed for these: what the disk did not let go is not among them.
        return [name for name in names if name not in left]

    def stored(self) -> Sequence[AssessmentId]:
        """Return every assessment that has a blob."""
        names = [path.name for path in self._blobs.iterdir()]
        return [AssessmentId(name) for name in names if ID_PATTERN.fullmatch(name)]

    def age_s(self, assessment_id: AssessmentId) -> float:
        """Return the seconds since the assessment's blobs last changed."""
        try:
            return time.time() - self._folder(assessment_id).stat().st_mtime  # noqa: TID251
        except FileNotFoundError:
            return 0.0

    def clear_staging(self, *, older_than_s: float) -> int:
        """Erase what arrived in part and was given up; return how many files that were."""
        oldest = time.time() - older_than_s  # noqa: TID251  files carry the system's time
        stale = [path for path in self.staging.iterdir() if _changed_before(path, oldest)]
        for path in stale:
            path.unlink(missing_ok=True)
        return len(stale)


def _changed_before(path: Path, oldest: float) -> bool:
    """Return whether the file is older; one that was adopted meanwhile is not."""
    try:
        return path.stat().st_mtime < oldest
    except FileNotFoundError:
        return False


def _sync(folder: Path) -> None:
    """Make a rename survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
