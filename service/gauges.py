"""Everything that the service shows of the store when Prometheus asks."""

from collections.abc import Mapping
from typing import Protocol

from prometheus_client.registry import Collector

from assessment.backlog import Backlog
from assessment.manifest import Manifest
from assessment.pace import Pace
from assessment.ports import Roster
from service.backlog_gauges import BacklogGauges
from service.fitness import FitnessGauges


class Read(Protocol):
    """The ports that gauges are read from."""

    @property
    def backlog(self) -> Backlog:
        """The work that waits."""
        ...

    @property
    def pace(self) -> Pace:
        """The latest runs."""
        ...

    @property
    def roster(self) -> Roster:
        """The workers."""
        ...

    @property
    def manifests(self) -> Mapping[str, Manifest]:
        """The networks."""
        ...


def gauges_of(ports: Read) -> tuple[Collector, ...]:
    """Return what reads the store when it is asked."""
    backlog = BacklogGauges(ports.backlog, ports.pace, ports.roster)
    return backlog, FitnessGauges(ports.roster, ports.manifests)
