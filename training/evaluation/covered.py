"""The coverage that was measured of a network, in the words of its model card."""

from pathlib import Path
from typing import Any, Final

from training.files import read_json

DOCUMENT: Final = "coverage.json"
"""Beside the manifest that it is of; `training.coverage` writes it."""

Document = dict[str, Any]


def coverage_of(version: Path, manifest: Document) -> Document | None:
    """Return what was measured, if it was of this graph with this calibration."""
    path = version / DOCUMENT
    if not (path.is_file() and manifest["calibration"]):
        return None
    measured = read_json(path)
    same = measured["sha256"] == manifest["sha256"]
    still = measured["half_width"] == manifest["calibration"]["half_width"]
    return measured if same and still else None


def covered(coverage: Document) -> str:
    """Return Markdown: shares with 95 % intervals of Clopper and Pearson, and how many there were.

    Raises `KeyError` for a document that `training.coverage` did not write.
    """
    change, named = coverage["change"], coverage["bands"]
    points = [
        f"The interval: nominal {coverage['level']:g} held {_share(coverage)} new persons.",
        *(
            f"The same with {frames} frames a clip: {_share(one)}."
            for frames, one in coverage["frames"].items()
        ),
        f"Change: the error of a difference stayed within {change['smallest_detectable']:.1f}, "
        f"the smallest detectable one, in {_share(change)} pairs of clips of a person; nominal is "
        f"{change['level']:g}.",
        f"Bands: one was named for {named['named']} of n = {named['n']}, and was right "
        f"{named['right']} times; its probabilities add up to {named['expected']:.0f}.",
    ]
    return (
        "Measured by `python -m training.coverage` on persons whom nothing was fitted or "
        "calibrated on:\n\n" + "".join(f"* {point}\n" for point in points)
    )


def _share(measured: Document) -> str:
    low, high = measured["low"], measured["high"]
    return f"{measured['share']:.3f} [{low:.3f}, {high:.3f}] of n = {measured['n']}"
