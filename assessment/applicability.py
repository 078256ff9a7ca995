"""Whom, in which language and where a network was tried on: its manifest's slices.

    "applicability": {
      "age_years":    {"in": [18, 63], "edge": [16, 70]},      closed intervals, whole years
      "language":     {"in": ["de"], "edge": ["nl"]},          BCP 47; `de` holds `de-CH`
      "setting":      {"in": ["telehealth"]},                  words, compared without case
      "jurisdiction": {"in": ["DE", "AT"], "edge": ["CH"]}     ISO 3166; `DE` holds `DE-BY`
    }

What the request states in `context` under the same name stands `in` a slice, at its `edge`, or
`out`. `in` may be empty, where nobody was tried and only the edge is known. A slice that the
manifest leaves out limits nothing. After the model cards of Mitchell et
al. (FAT* 2019), which name the groups that a model was evaluated on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from assessment.codes import among, within
from assessment.faults import Misconfigured
from assessment.request import Context

AGE: Final = "age_years"
SETTING: Final = "setting"
SLICES: Final = (AGE, "language", SETTING, "jurisdiction")
"""Names of slices, which are those of the request's context."""
PLAIN: Final = {AGE: "age in years", SETTING: "setting"}


class Standing(StrEnum):
    """Where a person and a place stand to what a network was tried on."""

    IN = "in"
    EDGE = "edge"
    OUT = "out"


WORST_FIRST: Final = (Standing.OUT, Standing.EDGE, Standing.IN)


@dataclass(frozen=True, slots=True)
class Slice:
    """What one fact may be: two ages (lowest, highest) or a list of words; `edge` may be empty."""

    name: str
    inside: tuple[Any, ...]
    edge: tuple[Any, ...]

    def standing(self, stated: Any) -> Standing:
        """Return where the stated fact stands."""
        if _holds(self.name, self.inside, stated):
            return Standing.IN
        return Standing.EDGE if _holds(self.name, self.edge, stated) else Standing.OUT

    @property
    def plain_name(self) -> str:
        """What a reader calls it."""
        return PLAIN.get(self.name, self.name)

    @property
    def need(self) -> str:
        """What the network was tried on, in words; else what is at the edge of that."""
        allowed = self.inside or self.edge
        if not allowed:
            return f"a network that was tried at any {self.plain_name}"
        if self.name == AGE:
            return f"an age from {allowed[0]} to {allowed[1]} years"
        return f"{self.name} {' or '.join(allowed)}"


@dataclass(frozen=True, slots=True)
class Finding:
    """Where one fact stands; `stated` is false where the request does not say it."""

    slice: Slice
    standing: Standing
    stated: bool = True


@dataclass(frozen=True, slots=True)
class Applicability:
    """The slices of one network."""

    slices: tuple[Slice, ...] = ()

    @classmethod
    def parse(cls, raw: Mapping[str, Any] | None) -> "Applicability":
        """Return the slices of a manifest; raises `Misconfigured` for what is none."""
        return cls(tuple(_slice(name, one) for name, one in (raw or {}).items()))

    def findings(self, context: Context | None) -> Iterator[Finding]:
        """Yield where every limited fact stands; what is not stated stands at the edge."""
        for one in self.slices:
            stated = getattr(context, one.name) if context else None
            if stated is None:
                yield Finding(one, Standing.EDGE, stated=False)
            else:
                yield Finding(one, one.standing(stated))

    def standing(self, context: Context | None) -> Standing | None:
        """Return the worst of all standings; None when there are no slices."""
        found = {one.standing for one in self.findings(context)}
        return next((one for one in WORST_FIRST if one in found), None)


def _holds(name: str, allowed: tuple[Any, ...], stated: Any) -> bool:
    if not allowed:
        return False
    if name == AGE:
        lowest, highest = allowed
        return lowest <= stated <= highest
    return among(stated, allowed) if name == SETTING else within(stated, allowed)


def _slice(name: str, raw: Mapping[str, Any]) -> Slice:
    if name not in SLICES:
        raise Misconfigured(f"a manifest's applicability knows no {name}, only {', '.join(SLICES)}")
    try:
        found = Slice(name, tuple(raw["in"]), tuple(raw.get("edge") or ()))
    except (KeyError, TypeError, AttributeError) as error:
        raise Misconfigured(f"a manifest's applicability.{name} lacks its list `in`") from error
    for values in (found.inside, found.edge):
        if values and not _sound(name, values):
            kind = "two ages, lowest first" if name == AGE else "words"
            raise Misconfigured(f"a manifest's applicability.{name} must hold {kind}")
    return found


def _sound(name: str, values: tuple[Any, ...]) -> bool:
    if name != AGE:
        return all(isinstance(one, str) and one for one in values)
    whole = all(isinstance(one, int) for one in values)
    return whole and len(values) == len(("lowest", "highest")) and values[0] <= values[1]
