"""What the routes work with, built once from the ports and a few plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Self, cast

from fastapi import Depends, Request

from assessment.addresses import check_callback_url, check_source_url
from assessment.manifest import Manifest
from assessment.ports import Blobs, Clock, Keys, Queue, Records, Roster
from service.archive import Archive
from service.catalogue import Catalogue
from service.health import Health
from service.intake import Intake
from service.metrics import Metrics
from service.request_part import RequestReader
from service.staging import Staging
from service.uploads import Uploads


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The outside world."""

    records: Records
    blobs: Blobs
    queue: Queue
    keys: Keys
    roster: Roster
    manifests: Mapping[str, Manifest]
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The plain values that the service goes by."""

    staging: Path
    upload_max_bytes: int
    free_min_bytes: int
    look_again_s: float
    idle_s: float = 30.0
    allow_loopback: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The plain objects behind the routes."""

    uploads: Uploads
    intake: Intake
    archive: Archive
    catalogue: Catalogue
    keys: Keys
    health: Health
    metrics: Metrics
    clock: Clock

    @classmethod
    def of(cls, ports: Ports, rules: Rules) -> Self:
        """Build the objects."""
        catalogue = Catalogue(ports.manifests)
        staging = Staging(rules.staging, rules.upload_max_bytes, rules.free_min_bytes)
        reader = RequestReader(
            catalogue,
            partial(check_callback_url, allow_loopback=rules.allow_loopback),
            partial(check_source_url, allow_loopback=rules.allow_loopback),
        )
        return cls(
            uploads=Uploads(staging, reader, rules.idle_s),
            intake=Intake(
                records=ports.records,
                blobs=ports.blobs,
                queue=ports.queue,
                clock=ports.clock,
                look_again_s=rules.look_again_s,
            ),
            archive=Archive(ports.records, ports.blobs),
            catalogue=catalogue,
            keys=ports.keys,
            health=Health(ports.records, ports.roster, staging, ports.manifests),
            metrics=Metrics(ports.records),
            clock=ports.clock,
        )


def desk_of(request: Request) -> Desk:
    """Return the desk that `service.app` left in the application's state."""
    return cast("Desk", request.app.state.desk)


DeskOf = Annotated[Desk, Depends(desk_of)]
