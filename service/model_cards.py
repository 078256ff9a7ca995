"""What is to be known of a network before its numbers are believed, from its manifest."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from assessment.manifest import Manifest

PATH: Final = "/models"
DATA, PROTOCOL, HOW_MANY = "Data", "Protocol", "How many"
MEAN, CHANCE = "Always saying the mean", "By chance"
MEASURES: Final = {
    "rmse": "Root mean square error",
    "mae": "Mean absolute error",
    "ccc": "Concordance (CCC)",
    "accuracy": "Accuracy",
    "uar": "Unweighted average recall",
    "uf1": "Unweighted F1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """A network's card; `evidence` is a list of (what, value) and empty where there is none."""

    name: str
    title: str
    version: str
    task: str
    sha256: str
    demonstration: bool
    licence: Mapping[str, Any]
    training_data: str
    intended_use: str
    limits: tuple[str, ...]
    evidence: tuple[tuple[str, str], ...]
    calibrated_on: str | None
    covered: Mapping[str, Any] | None = None
    """How the score of a drawn face changes when parts of it are covered."""

    @classmethod
    def of(cls, manifest: Manifest) -> Self:
        """Return the card; what a manifest leaves out stays empty."""
        document = manifest.document
        calibration: Mapping[str, Any] = document.get("calibration") or {}
        return cls(
            name=manifest.name,
            title=document.get("title", manifest.name),
            version=manifest.version,
            task=manifest.task,
            sha256=manifest.sha256,
            demonstration=manifest.demonstration,
            licence=manifest.licence,
            training_data=document.get("training_data", ""),
            intended_use=document.get("intended_use", ""),
            limits=tuple(document.get("limits", ())),
            evidence=tuple(_evidence(manifest.evidence or {})),
            calibrated_on=calibration.get("data"),
            covered=document.get("covered"),
        )

    @property
    def proof(self) -> str:
        """The first thing that was measured, on how much, and what knowing nothing gives."""
        told = dict(self.evidence)
        first = next((words for words in MEASURES.values() if words in told), None)
        if first is None:
            return ""
        many = f" on {told[HOW_MANY]}" if HOW_MANY in told else ""
        nothing = [f"{words.lower()}: {told[words]}" for words in (MEAN, CHANCE) if words in told]
        return "; ".join([f"{first} {told[first]}{many}", *nothing, told.get(DATA, "")]).strip("; ")

    @property
    def path(self) -> str:
        """Where the service shows it."""
        return f"{PATH}/{self.name}"


def cards_behind(
    result: Mapping[str, Any], manifests: Mapping[str, Manifest]
) -> dict[str, ModelCard]:
    """Return the cards of the networks that gave the result, by name.

    A network whose file was replaced since then has none: the card there is speaks of another.
    """
    return {
        one["name"]: ModelCard.of(manifests[one["name"]])
        for one in result.get("provenance", {}).get("models", ())
        if one["name"] in manifests and manifests[one["name"]].sha256 == one["sha256"]
    }


def _evidence(evidence: Mapping[str, Any]) -> list[tuple[str, str]]:
    told = [
        (words, str(evidence[name]))
        for name, words in (("data", DATA), ("protocol", PROTOCOL))
        if name in evidence
    ]
    if "n" in evidence:
        told.append((HOW_MANY, f"{evidence['n']} {evidence.get('unit', 'video')}s"))
    told += [
        (words, _measured(evidence[name])) for name, words in MEASURES.items() if name in evidence
    ]
    if "constant_rmse" in evidence:
        told.append((MEAN, f"{evidence['constant_rmse']:.2f}"))
    if "chance" in evidence:
        told.append((CHANCE, f"{evidence['chance']:.2f}"))
    return told


def _measured(value: object) -> str:
    if isinstance(value, Mapping):
        one: Mapping[str, float] = value  # pyright: ignore[reportUnknownVariableType]
        return f"{one['value']:.2f} (95 % interval {one['low']:.2f} to {one['high']:.2f})"
    return str(value)
