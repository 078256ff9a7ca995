"""Feedback as files: `DATA/feedback/ID.INSTRUMENT.json`, each for its owner only, written whole."""

import logging
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from adapters.disk import room
from assessment.assessment import ID_PATTERN, AssessmentId
from assessment.feedback import Feedback, Instrument

log = logging.getLogger(__name__)

FOLDER: Final = "feedback"
PRIVATE: Final = 0o700


@dataclass(frozen=True, slots=True)
class FolderFeedback:
    """Feedback below one data folder; its own folder is made when it is first needed."""

    data: Path

    @property
    def _folder(self) -> Path:
        return self.data / FOLDER

    def _path(self, assessment_id: AssessmentId, instrument: Instrument) -> Path:
        if not ID_PATTERN.fullmatch(assessment_id):
            raise ValueError("an id that is no id reached the feedback")
        return self._folder / f"{assessment_id}.{instrument}.json"

    def put(self, feedback: Feedback) -> bool:
        """Keep it instead of the one before; return whether there was none before."""
        path = self._path(feedback.assessment_id, feedback.instrument)
        with room():
            # What a crash leaves half-written lies where the sweeper clears away such things.
            staging = self.data / "staging"
            for folder in (self._folder, staging):
                folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
            descriptor, beside = tempfile.mkstemp(dir=staging)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(feedback.to_json())
                    file.flush()
                    os.fsync(file.fileno())
                new = not path.exists()
                Path(beside).rename(path)
            finally:
                Path(beside).unlink(missing_ok=True)
        return new

    def of(self, assessment_id: AssessmentId) -> Sequence[Feedback]:
        """Return the assessment's feedback, by the names of the instruments."""
        paths = sorted(self._path(assessment_id, one) for one in Instrument)
        return [found for path in paths if (found := _read(path)) is not None]

    def erase(self, assessment_id: AssessmentId) -> bool:
        """Erase the assessment's feedback; return whether there was any."""
        paths = [self._path(assessment_id, one) for one in Instrument]
        return sum(_unlinked(path) for path in paths) > 0

    def remove(self, feedback: Feedback) -> None:
        """Erase one; erasing twice is harmless."""
        _unlinked(self._path(feedback.assessment_id, feedback.instrument))

    def all(self) -> Iterator[Feedback]:
        """Yield everything that is kept; what is erased meanwhile is left out."""
        for path in sorted(self._folder.glob("asm_*.json")):
            found = _read(path)
            if found is not None:
                yield found

    def erase_damaged(self, until: datetime) -> int:
        """Erase what was written until then and cannot be read; return how much there was.

        Such a file does not say when it came, so its last change stands in.
        """
        old = [path for path in self._folder.glob("*") if _changed_until(path, until)]
        return sum(_unlinked(path) for path in old if _read(path) is None)


def _read(path: Path) -> Feedback | None:
    """Return the feedback of a file; None without one, and for one that is damaged."""
    try:
        return Feedback.from_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, RecursionError):
        log.warning("a file of feedback is damaged: %s", path.name)
        return None


def _changed_until(path: Path, until: datetime) -> bool:
    try:
        return path.stat().st_mtime <= until.timestamp()
    except FileNotFoundError:
        return False


def _unlinked(path: Path) -> bool:
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True
