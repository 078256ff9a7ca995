"""Erases uploads whose time is over, and files that no upload owns.

The file goes first and the record last, so a sweep that dies in between is done again.
"""

import logging
from dataclasses import dataclass
from typing import Final

from adapters.upload_files import UploadFiles
from assessment.faults import Gone, NotFound
from assessment.uploads import UploadId, UploadRecords
from worker.orphans import ORPHAN_S

log = logging.getLogger(__name__)

BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class StaleUploads:
    """What is left of uploads that nobody will finish."""

    records: UploadRecords
    files: UploadFiles

    def erase(self) -> int:
        """Erase them and return how many there were; may raise `StoreUnavailable`."""
        erased = sum(self._expire(upload_id) for upload_id in self.records.expired(BATCH))
        erased += sum(self._erase_orphan(upload_id) for upload_id in self.files.stored())
        if erased:
            log.info("%s stale uploads erased", erased)
        return erased

    def _expire(self, upload_id: UploadId) -> bool:
        self.files.erase(upload_id)
        try:
            self.records.close(self.records.get(upload_id))
        except (NotFound, Gone):
            return False  # Its owner was quicker: just what is wanted.
        return True

    def _erase_orphan(self, upload_id: UploadId) -> bool:
        try:
            self.records.get(upload_id)
        except Gone:
            self.files.erase(upload_id)
        except NotFound:
            if self.files.age_s(upload_id) <= ORPHAN_S:
                return False
            self.files.erase(upload_id)
        else:
            return False
        return True
