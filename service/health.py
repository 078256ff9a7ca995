"""Whether the service lives, and whether what is sent to it now will be assessed. Plain Python."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessment.faults import StorageFull, StoreUnavailable
from assessment.manifest import Manifest
from assessment.ports import Records, Roster
from service.fitness import Fitness
from service.staging import Staging

OK = "ok"


@dataclass(frozen=True, slots=True)
class Health:
    """Looks at the store, the storage and the workers."""

    records: Records
    roster: Roster
    staging: Staging
    manifests: Mapping[str, Manifest]
    fitness: Fitness

    def checks(self) -> dict[str, str]:
        """Return `ok`, or what is missing, for each thing that the service needs."""
        return {
            "store": self._store(),
            "storage": self._storage(),
            "networks": self._networks(),
            "workers": self._workers(),
        }

    def reasons(self) -> list[dict[str, Any]]:
        """Return why networks are not scored with; nothing while the store is away."""
        try:
            return self.fitness.reasons()
        except StoreUnavailable:
            return []

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

    def _networks(self) -> str:
        return "; ".join(one.said for one in self.fitness.refused) or OK

    def _workers(self) -> str:
        try:
            present, unfit = self.roster.present(), self.roster.unfit()
        except StoreUnavailable:
            return "unknown: Redis does not answer"
        if not present:
            return "no worker has signed in"
        served = {(name, one.sha256) for name, one in self.manifests.items()}
        missing = [served - set(models.items()) for models in present.values()]
        fewest = min(missing, key=len)
        if not fewest:
            return OK
        said = sorted({one.said for reasons in unfit.values() for one in reasons})
        names = ", ".join(sorted(dict(fewest)))
        return "; ".join([f"no worker scores with every network; missing: {names}", *said])
