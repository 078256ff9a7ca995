"""The model repository as service and worker read it: what is sound, and what is refused and why.

NAME/N/manifest.json ─┬─ whole, sealed, its own ─▶ sound
                      └─ anything else ──────────▶ refused: one `Unfit`, and the process lives on
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from assessment.faults import Misconfigured
from assessment.fitness import Unfit
from assessment.manifest import Manifest
from assessment.manifest_seal import SEAL, is_broken

GRAPH: Final = "model.onnx"
BUILT: Final = (GRAPH, "model.plan", "manifest.json")


@dataclass(frozen=True, slots=True)
class Repository:
    """The newest version of every network that is built, by name."""

    folder: Path
    sound: Mapping[str, Manifest]
    refused: Mapping[str, Unfit]

    def graph(self, network: str) -> Path:
        """Return where the ONNX file of a sound network lies, if this machine has it."""
        return self.folder / network / self.sound[network].version / GRAPH


def read_repository(folder: Path) -> Repository:
    """Read the manifests; one that cannot be used is refused, with the reason."""
    sound: dict[str, Manifest] = {}
    refused: dict[str, Unfit] = {}
    for version in filter(None, map(_newest, sorted(folder.glob("*/")))):
        name = version.parent.name
        read = _read(name, version)
        if isinstance(read, Unfit):
            refused[name] = read
        else:
            sound[name] = read
    if not (sound or refused):
        refused[""] = Unfit("", "misconfigured", f"no weights under {folder.name}")
    return Repository(folder, sound, refused)


def _newest(network: Path) -> Path | None:
    """Return the folder of the highest version that has anything in it."""
    versions = [path for path in network.glob("*/") if path.name.isdecimal()]
    built = [path for path in versions if any((path / name).is_file() for name in BUILT)]
    return max(built, key=lambda path: int(path.name), default=None)


def _read(name: str, version: Path) -> Manifest | Unfit:
    try:
        text = (version / "manifest.json").read_text()
        document: Any = json.loads(text)
        json.dumps(document, ensure_ascii=False).encode()
    except FileNotFoundError:
        return Unfit(name, "manifest_missing", f"version {version.name} has no manifest")
    except (OSError, ValueError, RecursionError):  # Half a character is no text, either.
        return Unfit(name, "manifest_unreadable", "the manifest is no JSON")
    if not isinstance(document, dict):
        return Unfit(name, "manifest_unreadable", "the manifest is no JSON object")
    return _checked(name, version.name, cast("dict[str, Any]", document))


def _checked(name: str, version: str, document: dict[str, Any]) -> Manifest | Unfit:
    if SEAL not in document:
        return Unfit(name, "manifest_unsealed", "the manifest has no seal")
    if is_broken(document):
        return Unfit(name, "manifest_tampered", "the manifest is not as it was when it was built")
    try:
        manifest = Manifest.parse(document)
    except Misconfigured as fault:
        return Unfit(name, "manifest_unreadable", str(fault))
    if (manifest.name, manifest.version) != (name, version):
        return Unfit(name, "manifest_tampered", "the manifest is another network's or version's")
    return manifest
