"""The model repository as service and worker read it: what is sound, and what is refused and why.

NAME/serving.json ─▶ which version, the newest without it
NAME/N/manifest.json ─┬─ whole, sealed, its own ─▶ sound
                      └─ anything else ──────────▶ refused: one `Unfit`, and the process lives on
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast

from assessment.faults import Misconfigured
from assessment.fitness import Unfit
from assessment.manifest import Manifest
from assessment.manifest_seal import SEAL, is_broken
from assessment.serving_file import SERVING, read_serving

GRAPH: Final = "model.onnx"
BUILT: Final = (GRAPH, "model.plan", "manifest.json")
NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Repository:
    """One version of every network that is built, by name: the stable one, else the newest."""

    folder: Path
    sound: Mapping[str, Manifest]
    refused: Mapping[str, Unfit]

    def graph(self, network: str) -> Path:
        """Return where the ONNX file of a sound network lies, if this machine has it."""
        return self.folder / network / self.sound[network].version / GRAPH


def read_repository(folder: Path, versions: Mapping[str, str] = NOTHING) -> Repository:
    """Read the manifests; one that cannot be used is refused, with the reason.

    `versions` names versions of networks that count instead of those that were decided for.
    """
    sound: dict[str, Manifest] = {}
    refused: dict[str, Unfit] = {}
    for network in sorted(folder.glob("*/")):
        read = _version_of(network, versions.get(network.name))
        if isinstance(read, Unfit):
            refused[network.name] = read
        elif read is not None:
            sound[network.name] = read
    if not (sound or refused):
        refused[""] = Unfit("", "misconfigured", f"no weights under {folder.name}")
    return Repository(folder, sound, refused)


def _version_of(network: Path, version: str | None) -> Manifest | Unfit | None:
    """Return the named version, else the stable one, else the newest; None when none is built."""
    built = built_versions(network)
    if version is None:
        try:
            decided = read_serving(network)
        except Misconfigured as fault:
            return Unfit(network.name, fault.code, str(fault))
        version = decided.stable if decided else (built or (None,))[-1]
    if version is None:
        return None
    if version not in built:
        code = "manifest_missing"
        return Unfit(network.name, code, f"{SERVING} names version {version}, which is not built")
    return _read(network.name, network / version)


def built_versions(network: Path) -> tuple[str, ...]:
    """Return the versions in a network's folder that have anything in them, the oldest first."""
    versions = [path for path in network.glob("*/") if path.name.isdecimal()]
    built = [path.name for path in versions if any((path / name).is_file() for name in BUILT)]
    return tuple(sorted(built, key=int))


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
