"""Which weights may be used in production: what their licence allows, or the operator holds.

`MIEN_LICENCES` maps a network's name, or `detector`, to the licence that the operator holds.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from assessment.manifest import Manifest
from assessment.request import Analysis
from assessment.result import Withheld

DETECTOR: Final = "detector"
"""The name under which a licence for the face detector is stated."""
KNOWN_DETECTORS: Final = {
    "f32b47d0578864322dca9c5b5900286efde65149528779bb5bb2634816f394b6": "MIT (YuNet, OpenCV Zoo)",
}
"""Detectors that need no statement, by the SHA-256 of their file: what `make weights` builds."""


def unlicensed(manifests: Iterable[Manifest]) -> list[str]:
    """Return the networks whose manifest does not say under which licence their weights are."""
    return [one.name for one in manifests if not _stated(one)]


def _stated(manifest: Manifest) -> bool:
    words = manifest.licence.get("weights")
    return bool(words) and isinstance(manifest.licence.get("commercial_use"), bool)


def forbidden(
    analysis: Analysis,
    network: Manifest,
    manifests: Mapping[str, Manifest],
    licences: Mapping[str, str],
) -> Withheld | None:
    """Return why the network may not be used in production, or None when it may.

    A network that takes another one's features needs the licence of both.
    """
    behind = manifests.get(network.features) if network.features else None
    for one in (network, behind) if behind else (network,):
        if one.licence.get("commercial_use") is not True and not licences.get(one.name):
            return Withheld(
                analysis,
                "model_not_licensed",
                have=f"weights of {one.name} whose licence does not allow this use",
                need="weights that may be used commercially, or a licence that the operator holds",
                advice="The operator installs other weights, or names the licence they hold in "
                "MIEN_LICENCES.",
                model=network.name,
            )
    return None
