"""The parts that a run's examples fall into."""

from dataclasses import dataclass

from training.evaluation.document import Setting
from training.evaluation.units import Unit
from training.examples import Examples


@dataclass(frozen=True, slots=True)
class Sources:
    """Three sets of examples whose persons are disjoint unless the setting's protocol says not.

    development  None where a protocol fixes the number of epochs
    classes      the labels' words by number; empty for severity
    unit         what is scored as one
    setting      the data and the protocol in words
    """

    train: Examples
    development: Examples | None
    test: Examples
    classes: tuple[str, ...]
    unit: Unit
    setting: Setting
