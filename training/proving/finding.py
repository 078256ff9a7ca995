"""What an experiment found, and what several runs of it say together.

    Experiment.run(scale, seed) ─▶ Finding ─▶ one JSON file a seed
                                      │
                          combine ◀───┘ over the seeds ─▶ Combined ─▶ docs/evidence.md

A claim that does not hold is a finding like any other: nothing is raised, the verdict says so.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Protocol

from training.evaluation.circumstances import Circumstances


class Scale(StrEnum):
    """How large a run is.

    A smoke run only shows that everything runs: it proves nothing. A full one fits two cores. A
    large one has several times the persons and longer training, for a GPU: it tells a claim that
    fails from one that was only starved.
    """

    SMOKE = "smoke"
    FULL = "full"
    LARGE = "large"


class Relation(StrEnum):
    """How a measured value must stand to its threshold; the value is its sign in print."""

    AT_MOST = "≤"
    AT_LEAST = "≥"
    BELOW = "<"
    ABOVE = ">"

    def holds(self, measured: float, threshold: float) -> bool:
        """False for a NaN, whatever the relation."""
        return {
            Relation.AT_MOST: measured <= threshold,
            Relation.AT_LEAST: measured >= threshold,
            Relation.BELOW: measured < threshold,
            Relation.ABOVE: measured > threshold,
        }[self]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and its 95 % bootstrap interval over persons; None where there is none."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Arm:
    """One network (or baseline) of an experiment, weighed on held-out persons.

    name       what was compared, as printed: "attention pooling"
    metric     "RMSE", "CCC", "accuracy", "UF1", ...
    estimate   the metric's value and interval
    unit       what was scored as one: "face", "clip", "event", ...
    count      how many units
    persons    how many persons they come from
    """

    name: str
    metric: str
    estimate: Estimate
    unit: str
    count: int
    persons: int


@dataclass(frozen=True, slots=True)
class Criterion:
    """One sentence of the claim as a number against a threshold that is the same for all seeds.

    A comparison of two arms is written as their difference or ratio, so that its threshold is a
    constant: "RMSE of attention less that of mean pooling" < 0.
    """

    sentence: str
    measured: Estimate
    relation: Relation
    threshold: float

    @property
    def held(self) -> bool:
        """Whether the measured value, not its interval, meets the threshold."""
        return self.relation.holds(self.measured.value, self.threshold)


@dataclass(frozen=True, slots=True)
class Finding:
    """One run of one experiment.

    experiment  its short name, also that of its file: "pooling"
    claim       the paper's claim in one sentence
    design      the data and networks in a few sentences, with everything that is smaller than in
                the paper
    seconds     what the run took on this machine
    """

    experiment: str
    claim: str
    design: str
    scale: Scale
    seed: int
    arms: tuple[Arm, ...]
    criteria: tuple[Criterion, ...]
    seconds: float
    made: Circumstances | None = None  # on which machine, from which commit

    @property
    def held(self) -> bool:
        """Whether every criterion held; False without any."""
        return bool(self.criteria) and all(criterion.held for criterion in self.criteria)

    def as_json(self) -> dict[str, Any]:
        """Return plain values, with `held` written out for readers."""
        plain = asdict(self)
        for written, criterion in zip(plain["criteria"], self.criteria, strict=True):
            written["held"] = criterion.held
        made = self.made.as_json() if self.made else None
        return {**plain, "held": self.held, "made": made}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "Finding":
        """Inverse of `as_json`; raises KeyError or TypeError for another layout."""
        arms = tuple(
            replace(Arm(**arm), estimate=Estimate(**arm["estimate"])) for arm in plain["arms"]
        )
        criteria = tuple(
            Criterion(
                criterion["sentence"],
                Estimate(**criterion["measured"]),
                Relation(criterion["relation"]),
                criterion["threshold"],
            )
            for criterion in plain["criteria"]
        )
        return cls(
            plain["experiment"],
            plain["claim"],
            plain["design"],
            Scale(plain["scale"]),
            plain["seed"],
            arms,
            criteria,
            plain["seconds"],
            Circumstances.from_json(plain["made"]) if plain.get("made") else None,
        )


#: Called with a line of progress.
Say = Callable[[str], None]


def silent(line: str) -> None:
    """Say nothing."""


class Experiment(Protocol):
    """A claim that can be put to the test; each module has one as `EXPERIMENT`."""

    @property
    def name(self) -> str:
        """Short, also the name of its files."""
        ...

    @property
    def claim(self) -> str:
        """One sentence."""
        ...

    @property
    def planned_seconds(self) -> Mapping[Scale, float]:
        """For one seed: on two idle cores, at the large scale on a GPU that others use, too."""
        ...

    def run(self, scale: Scale, seed: int, say: Say = silent) -> Finding:
        """Make the data, fit every arm and weigh it; the same numbers for the same arguments."""
        ...
