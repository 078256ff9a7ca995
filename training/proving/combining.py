"""Runs of one experiment with several seeds, put together: mean, deviation, and how many held."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from training.evaluation.circumstances import Circumstances
from training.proving.finding import Arm, Criterion, Estimate, Finding, Relation, Scale


class Verdict(StrEnum):
    """What the seeds say together."""

    HELD = "held in every run"
    MIXED = "held on average, not in every run"
    NOT_HELD = "did not hold"


@dataclass(frozen=True, slots=True)
class Spread:
    """One number over the seeds: mean, sample deviation (0 for one seed) and each value."""

    mean: float
    deviation: float
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class CombinedArm:
    """An arm over the seeds; `estimates` are the runs' own, in the order of the seeds."""

    name: str
    metric: str
    unit: str
    count: int
    persons: int
    spread: Spread
    estimates: tuple[Estimate, ...]


@dataclass(frozen=True, slots=True)
class CombinedCriterion:
    """A criterion over the seeds: it holds if the mean over the seeds meets the threshold."""

    sentence: str
    relation: Relation
    threshold: float
    spread: Spread
    held_runs: int

    @property
    def verdict(self) -> Verdict:
        """Every run, only their mean, or not."""
        if self.held_runs == len(self.spread.values):
            return Verdict.HELD
        if self.relation.holds(self.spread.mean, self.threshold):
            return Verdict.MIXED
        return Verdict.NOT_HELD


@dataclass(frozen=True, slots=True)
class Combined:
    """Several runs of one experiment at one scale."""

    experiment: str
    claim: str
    design: str
    scale: Scale
    seeds: tuple[int, ...]
    arms: tuple[CombinedArm, ...]
    criteria: tuple[CombinedCriterion, ...]
    seconds: float  # of all runs together
    made: tuple[Circumstances, ...] = ()  # of the runs that say so

    @property
    def verdict(self) -> Verdict:
        """The worst of the criteria's."""
        verdicts = {criterion.verdict for criterion in self.criteria}
        if Verdict.NOT_HELD in verdicts or not verdicts:
            return Verdict.NOT_HELD
        return Verdict.MIXED if Verdict.MIXED in verdicts else Verdict.HELD


def spread(values: Sequence[float]) -> Spread:
    """Mean and sample deviation of at least one value."""
    deviation = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    return Spread(float(np.mean(values)), deviation, tuple(values))


def combine(findings: Sequence[Finding]) -> Combined:
    """Put together runs of one experiment at one scale, in the order of their seeds.

    Raises ValueError if there is none, if they differ in experiment, scale, arms or criteria, or
    if a seed comes twice.
    """
    runs = sorted(findings, key=lambda finding: finding.seed)
    if not runs or len({run.seed for run in runs}) < len(runs):
        raise ValueError("runs to combine are one or more, each with a seed of its own")
    if len({_shape(run) for run in runs}) > 1:
        raise ValueError(
            f"runs of {runs[0].experiment} differ in scale, arms or criteria: "
            "delete the older ones and run them again"
        )
    first = runs[0]
    return Combined(
        first.experiment,
        first.claim,
        first.design,
        first.scale,
        tuple(run.seed for run in runs),
        tuple(_arm(arms) for arms in zip(*(run.arms for run in runs), strict=True)),
        tuple(_criterion(parts) for parts in zip(*(run.criteria for run in runs), strict=True)),
        sum(run.seconds for run in runs),
        tuple(run.made for run in runs if run.made),
    )


def _shape(finding: Finding) -> tuple[object, ...]:
    """What runs must share to be comparable."""
    arms = tuple((arm.name, arm.metric, arm.unit) for arm in finding.arms)
    criteria = tuple((one.sentence, one.relation, one.threshold) for one in finding.criteria)
    return finding.experiment, finding.scale, arms, criteria


def _arm(arms: tuple[Arm, ...]) -> CombinedArm:
    first = arms[0]
    return CombinedArm(
        first.name,
        first.metric,
        first.unit,
        first.count,
        first.persons,
        spread([arm.estimate.value for arm in arms]),
        tuple(arm.estimate for arm in arms),
    )


def _criterion(criteria: tuple[Criterion, ...]) -> CombinedCriterion:
    first = criteria[0]
    return CombinedCriterion(
        first.sentence,
        first.relation,
        first.threshold,
        spread([criterion.measured.value for criterion in criteria]),
        sum(criterion.held for criterion in criteria),
    )
