"""Which version of a network scores: a stable one, and beside it a canary for a share.

    begin(2, 0.1)         promote()
    stable 1 ────────▶ stable 1, canary 2 ────────▶ stable 2, before 1
       ▲                     │                            │
       └──────── roll back ──┴──────── roll back ─────────┘

The share is of assessments, chosen by their ids: the same assessment gets the same version however
often it is tried, and a larger share only ever adds to those that a smaller one chose.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from math import isfinite
from typing import Any, Final, cast

from assessment.assessment import AssessmentId
from assessment.faults import Misconfigured

PLACES: Final = 2**64


@dataclass(frozen=True, slots=True)
class Serving:
    """What scores with one network. `share` (0 to 1) of the assessments get the canary.

    `before` is the version that was stable before, which a roll back returns to.
    """

    stable: str
    canary: str | None = None
    share: float = 0.0
    before: str | None = None

    def version_for(self, assessment_id: AssessmentId, network: str) -> str:
        """Return the version that scores an assessment."""
        if self.canary is not None and place_of(assessment_id, network) < self.share:
            return self.canary
        return self.stable

    def begin(self, version: str, share: float) -> "Serving":
        """Return it with a canary; raises `Misconfigured` for a share that is none."""
        if not (isfinite(share) and 0 < share <= 1):
            raise Misconfigured("a canary's share is above 0 and at most 1")
        if version == self.stable:
            raise Misconfigured(f"version {version} is the stable one already")
        return replace(self, canary=version, share=share)

    def promote(self, version: str | None = None) -> "Serving":
        """Return it with a version, or else the canary, as the stable one.

        Raises `Misconfigured` when there is neither.
        """
        chosen = version or self.canary
        if chosen is None:
            raise Misconfigured("there is no canary to promote")
        return Serving(stable=chosen, before=self.before if chosen == self.stable else self.stable)

    def roll_back(self) -> "Serving":
        """Drop the canary; without one return to the version before, or raise `Misconfigured`."""
        if self.canary is not None:
            return replace(self, canary=None, share=0.0)
        if self.before is None:
            raise Misconfigured("there is neither a canary nor a version before")
        return Serving(stable=self.before)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: Any) -> "Serving":
        """Return what `to_dict` gave; raises `Misconfigured` for anything else."""
        if not isinstance(raw, dict):
            raise Misconfigured("what is served must be an object")
        said = cast("dict[str, Any]", raw)
        if not said.keys() <= {"stable", "canary", "share", "before"}:
            raise Misconfigured("what is served is told by stable, canary, share and before")
        _require_versions(said)
        share = said.get("share", 0.0)
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
            raise Misconfigured("a canary's share is a number from 0 to 1")
        return cls(said["stable"], said.get("canary"), float(share), said.get("before"))


def _require_versions(said: Mapping[str, Any]) -> None:
    others = [said[name] for name in ("canary", "before") if said.get(name) is not None]
    if not all(map(_is_version, [said.get("stable"), *others])):
        raise Misconfigured('a version is a number as text, such as "2"')


def _is_version(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdecimal() and value[0] != "0"


def place_of(assessment_id: AssessmentId, network: str) -> float:
    """Return where an assessment lies in [0, 1), uniformly, each network on its own."""
    digest = hashlib.sha256(f"{network}:{assessment_id}".encode()).digest()
    return int.from_bytes(digest[:8]) / PLACES
