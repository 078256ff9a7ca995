"""Why a worker does not score with a network, in words that a machine and a person can read.

manifest_missing    a version has a network and no manifest        ┐
manifest_unreadable it is no JSON, or lacks a part                 │ found when the repository
manifest_tampered   it is not as it was sealed when it was built   │ is read
manifest_unsealed   it has no seal                                 ┘
weights_changed     the graph is not the one that its manifest describes   ┐
golden_missing      the manifest has no golden scores of these weights     │ found by a worker when
golden_drift        the golden clip is scored otherwise than when built    │ it starts, and when a
model_contract      the network answers what its manifest does not promise │ network was loaded
misconfigured       the worker lacks something of its own                  ┘
"""

from dataclasses import asdict, dataclass
from typing import Any, Final

GOLDEN_DRIFT: Final = "golden_drift"

ADVICE: Final = {
    "manifest_missing": "Build the weights again with `make weights`, then restart.",
    "manifest_unreadable": "Build the weights again with `make weights`, then restart.",
    "manifest_tampered": "Find out who changed it. Build the weights again, then restart.",
    "manifest_unsealed": "Run `make weights`, which seals what it finds, then restart.",
    "weights_changed": "Find out who changed it. Build the weights again, then restart.",
    "golden_missing": "Run `make weights`, which adds the golden scores, then restart.",
    GOLDEN_DRIFT: "Find out what changed: the engine, its plan, the weights, how faces are read.",
    "model_contract": "Look whether Triton serves this project's model repository.",
    "misconfigured": "Put right what the detail names (`make weights` builds all), then restart.",
}
"""Every code, and what the operator does about it."""


@dataclass(frozen=True, slots=True)
class Unfit:
    """One network that a worker does not score with; `network` is empty when it is all of them.

    `expected`, `got` and `tolerance` are of a golden score, in the unit of the network's output.
    """

    network: str
    code: str
    detail: str
    expected: float | None = None
    got: float | None = None
    tolerance: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the fields, and the advice that goes with the code."""
        return {**asdict(self), "advice": ADVICE.get(self.code, "")}

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> "Unfit":
        """Return what `to_dict` wrote, by this version or another one."""
        return cls(**{name: raw.get(name) for name in cls.__dataclass_fields__})  # pyright: ignore[reportArgumentType]

    @property
    def said(self) -> str:
        """The reason as one short text."""
        subject = f"{self.network}: " if self.network else ""
        return f"{subject}{self.code}, {self.detail}"
