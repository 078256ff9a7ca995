"""Which analyses and networks are served, as their manifests say. Plain Python."""

from collections.abc import Mapping
from dataclasses import dataclass

from assessment.manifest import Manifest
from assessment.request import Analysis


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The networks of one model repository, by name."""

    manifests: Mapping[str, Manifest]

    @property
    def analyses(self) -> tuple[Analysis, ...]:
        """The analyses for which there is a network."""
        tasks = {manifest.task for manifest in self.manifests.values()}
        return tuple(analysis for analysis in Analysis if analysis in tasks)

    @property
    def severity_models(self) -> tuple[str, ...]:
        """The networks that a request may name."""
        served = self.manifests.values()
        return tuple(sorted(one.name for one in served if one.task == Analysis.SEVERITY))

    def listing(self) -> list[dict[str, object]]:
        """Return what a caller may know of every network: no path, no tensor."""
        return [_entry(self.manifests[name]) for name in sorted(self.manifests)]


def _entry(manifest: Manifest) -> dict[str, object]:
    calibration = manifest.calibration
    return {
        "name": manifest.name,
        "version": manifest.version,
        "task": manifest.task,
        "sha256": manifest.sha256,
        "labels": list(manifest.labels),
        "licence": manifest.licence,
        "demonstration": manifest.demonstration,
        "evidence": manifest.evidence,
        "calibration": None
        if calibration is None
        else {"method": calibration.method, "n": calibration.n, "level": calibration.level},
    }
