"""Demonstration weights of the micro-expression network, fitted on planted events.

    drawn persons ─▶ events ─▶ motion ─▶ STSTNet ─▶ export ─▶ parity
    held-out persons ─▶ events ─▶ motion ─▶ accuracy, UF1, UAR with intervals over persons

About half a minute on two CPU cores; the weights know drawn faces and nothing else.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import torch

from networks.micro_expression import ServedMicroExpression, Ststnet
from networks.tensors import MICRO_EXPRESSION, MICRO_EXPRESSIONS
from training.devices import deterministic
from training.evaluation.document import Setting, weigh_classes
from training.evaluation.units import Unit, scored
from training.export import UNIT_TOLERANCE, export, prove_parity
from training.knobs import Knobs
from training.learners_micro import MOTION, MicroLearner
from training.loop import fit, predict_all
from training.micro_scenes import draw_events
from training.repository import Measured
from training.synthetic import Split

#: Not that of the recordings on which the spotter and the effort were chosen.
SEED = 20261125
PARITY_EVENTS = 8

KNOBS = Knobs(
    network=MICRO_EXPRESSION.name,
    epochs=16,
    batch=32,
    optimiser="adamw",
    rate=5e-3,
    schedule="one_cycle",
    accelerator="cpu",
    seed=SEED,
    checkpoint_every_steps=0,
)

SETTING = Setting(
    "micro-expressions planted into drawn faces, held-out persons",
    "person-disjoint; fitted on other persons for a fixed number of epochs, evaluated once",
)

#: Called with the stage, how much of it is done and how much there is.
Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Effort:
    """Persons of each part and events of each class a person; the epochs are the knobs'."""

    persons: int = 80
    held_out: int = 40
    each: int = 2
    knobs: Knobs = KNOBS


@dataclass(frozen=True, slots=True)
class FittedMicro:
    """The served graph and what is known of it, as `ModelFolder.write` takes them."""

    content: bytes
    measured: Measured

    def summary(self) -> str:
        """One line for the display."""
        evidence = self.measured.evidence
        assert evidence is not None
        return (
            f"fitted {MICRO_EXPRESSION.name} in {self.measured.seconds:.0f} s: on {evidence['n']} "
            f"events of held-out drawn persons UF1 {evidence['uf1']['value']:.2f}, UAR "
            f"{evidence['uar']['value']:.2f} (chance {evidence['chance']:.2f})"
        )


def fit_micro(report: Report, effort: Effort | None = None) -> FittedMicro:
    """Fit, export and weigh; the same weights every time on one machine.

    Raises `ParityFailed` when the exported graph computes something else.
    """
    started, effort = time.monotonic(), effort or Effort()
    report("drawing events", 0, 1)
    train = draw_events(Split.TRAIN, effort.persons, effort.each, SEED)
    held_out = draw_events(Split.HELD_OUT, effort.held_out, effort.each, SEED)
    with deterministic():
        torch.manual_seed(SEED)
        learner = MicroLearner()
        fit(learner, train, None, effort.knobs, report=report)
    report("exporting", 0, 1)
    network = learner.network
    assert isinstance(network, Ststnet)
    served = ServedMicroExpression(network).eval()
    content = export(served, MICRO_EXPRESSION)
    motion = held_out.inputs[MOTION][:PARITY_EVENTS]
    parity = prove_parity(served, content, motion, UNIT_TOLERANCE)
    report("weighing", 0, 1)
    named = scored(predict_all(learner, held_out), held_out, Unit.EVENT)
    evidence = weigh_classes(named, MICRO_EXPRESSIONS, SETTING).evidence
    seconds = time.monotonic() - started
    return FittedMicro(
        content, Measured(evidence, None, asdict(parity), torch.__version__, seconds)
    )
