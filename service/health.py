"""Whether the service lives, and whether what is sent to it now will be assessed. Plain Python."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass

from assessment.faults import StorageFull, StoreUnavailable
from assessment.manifest import Manifest
from assessment.ports import Records, Roster
from service.staging import Staging

OK = "ok"


@dataclass(frozen=True, slots=True)
class Health:
    """Looks at the store, the storage and the workers."""

    records: Records
    roster: Roster
    staging: Staging
    manifests: Mapping[str, Manifest]

    def checks(self) -> dict[str, str]:
        """Return `ok`, or what is missing, for each thing that the service needs."""
        return {"store": self._store(), "storage": self._storage(), "workers": self._workers()}

    def _store(self) -> str:
        try:
            self.records.counts()
        except StoreUnavailable:
            return "Redis does not answer"
        return OK

    def _storage(self) -> str:
        try:
            self.staging.check_room(0)
            with tempfile.TemporaryFile(dir=self.staging.folder) as file:
                file.write(b"room")
        except StorageFull:
            return "less space is free than uploads must leave"
        except OSError:
            return "recordings cannot be written"
        return OK

    def _workers(self) -> str:
        try:
            present = self.roster.present()
        except StoreUnavailable:
            return "unknown: Redis does not answer"
        if not present:
            return "no worker has signed in"
        served = {(name, one.sha256) for name, one in self.manifests.items()}
        missing = [served - set(models.items()) for models in present.values()]
        fewest = min(missing, key=len)
        if not fewest:
            return OK
        return f"no worker reaches every network; missing: {', '.join(sorted(dict(fewest)))}"
