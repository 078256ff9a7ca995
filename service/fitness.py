"""What is not scored with, and why: for `/readyz` and for the metrics. Plain Python."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from assessment.faults import StoreUnavailable
from assessment.fitness import GOLDEN_DRIFT, Unfit
from assessment.ports import Roster


@dataclass(frozen=True, slots=True)
class Fitness:
    """What the workers say of their networks, and what the service itself refused to read."""

    roster: Roster
    refused: Sequence[Unfit] = ()

    def reasons(self) -> list[dict[str, Any]]:
        """Return every reason once, with how many workers give it; may raise `StoreUnavailable`.

        A reason of the service's own has no worker.
        """
        told = Counter(one for reasons in self.roster.unfit().values() for one in reasons)
        own = dict.fromkeys(self.refused, 0)
        return [_described(one, told[one]) for one in sorted({**own, **told}, key=_by_name)]


def _by_name(reason: Unfit) -> tuple[str, str, str]:
    return reason.network, reason.code, reason.detail


def _described(reason: Unfit, workers: int) -> dict[str, Any]:
    return {**reason.to_dict(), "network": reason.network or None, "workers": workers}


class FitnessGauges(Collector):
    """Counts the workers that do not score with a network, by the reason."""

    def __init__(self, roster: Roster, networks: Iterable[str]) -> None:
        self._roster = roster
        self._networks = tuple(networks)

    def collect(self) -> Iterable[Metric]:
        """Return the gauges; nothing while the store is away, which a gauge of its own tells."""
        try:
            told = self._roster.unfit()
        except StoreUnavailable:
            return []
        counted = Counter((one.network, one.code) for found in told.values() for one in found)
        return [self._drifting(counted), _others(counted)]

    def _drifting(self, counted: Mapping[tuple[str, str], int]) -> Metric:
        drift = GaugeMetricFamily(
            "mien_golden_drift",
            "Workers that score the golden clip otherwise than when the network was built",
            labels=("network",),
        )
        sick = {network for network, code in counted if code == GOLDEN_DRIFT}
        for network in sorted({*self._networks, *sick}):
            drift.add_metric((network,), counted.get((network, GOLDEN_DRIFT), 0))
        return drift

    def describe(self) -> Iterable[Metric]:
        """Name nothing at registration, so that nothing connects before it is asked."""
        return []


def _others(counted: Mapping[tuple[str, str], int]) -> Metric:
    unfit = GaugeMetricFamily(
        "mien_unfit_networks",
        "Workers that do not score with a network, by the reason",
        labels=("network", "code"),
    )
    for (network, code), count in sorted(counted.items()):
        unfit.add_metric((network, code), count)
    return unfit
