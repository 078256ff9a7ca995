"""Which analyses and networks are served, as their manifests say. Plain Python."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assessment.manifest import FEATURES, Manifest
from assessment.request import Analysis


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The networks of one model repository, by name."""

    manifests: Mapping[str, Manifest]
    refused: frozenset[str] = frozenset()
    """Networks that are there and not fit to be served; the empty name stands for all."""

    @property
    def analyses(self) -> tuple[Analysis, ...]:
        """The analyses for which there is a network."""
        done = set(self.models.values())
        return tuple(analysis for analysis in Analysis if analysis in done)

    @property
    def models(self) -> dict[str, Analysis]:
        """The networks that a request may name, and the analysis that each does."""
        return {
            name: Analysis(one.task)
            for name, one in sorted(self.manifests.items())
            if one.task != FEATURES and (one.features is None or one.features in self.manifests)
        }

    def out_of_order(self, names: Iterable[str]) -> bool:
        """Return whether one of these is refused: a matter for the operator, not for callers."""
        return "" in self.refused or not self.refused.isdisjoint(names)

    def listing(self) -> list[dict[str, object]]:
        """Return what a caller may know of every network: no path, no tensor."""
        return [_entry(self.manifests[name]) for name in sorted(self.manifests)]


def _entry(manifest: Manifest) -> dict[str, object]:
    calibration = manifest.calibration
    return {
        "name": manifest.name,
        "version": manifest.version,
        "task": manifest.task,
        "kind": manifest.kind,
        "sha256": manifest.sha256,
        "labels": list(manifest.labels),
        "licence": manifest.licence,
        "demonstration": manifest.demonstration,
        "evidence": manifest.evidence,
        "calibration": None
        if calibration is None
        else {"method": calibration.method, "n": calibration.n, "level": calibration.level},
    }
