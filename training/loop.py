"""The training loop, for every learner: epochs of steps, the development set, checkpoints.

    ┌─▶ step: rows ─▶ Stepper ─▶ every n: checkpoint.pt ─▶ report ─┐
    │   └──────────────── ◀ until the epoch ends ◀ ───────────────┘
    └── epoch: statistics ─▶ development ─▶ record ─▶ checkpoint.pt, best.pt, log.csv, curve.png

On the CPU a run that is killed and taken up again ends with the very same weights as one that is
not: see `batches` for what makes its rows, and `checkpoint` for what is written when.
"""

import math
import time
from collections.abc import Callable
from pathlib import Path

from training.batch_statistics import measure_statistics
from training.batches import make_batches
from training.checkpoint import (
    BEST,
    CHECKPOINT,
    CheckpointFolder,
    State,
    identity_of,
    learner_state,
    load_learner_state,
)
from training.curves import write_curve, write_log
from training.devices import deterministic
from training.examples import Examples
from training.faults import CheckpointUnreadable, Diverged
from training.history import EpochRecord, History
from training.knobs import Knobs
from training.learners import Learner
from training.predicting import (
    collect,
    evaluating,
    measure,
    measure_of,
    module_of,
    predict_all,
)
from training.stepping import Stepper

__all__ = ["Report", "collect", "fit", "predict_all"]

#: Called after every step with the stage, the steps done in this epoch and how many there are.
Report = Callable[[str, int, int], None]

#: A picture takes as long as an epoch of the smallest networks.
DRAW_EVERY_S = 10.0


def silent(stage: str, done: int, total: int) -> None:
    """Report nothing."""


def fit(
    learner: Learner,
    train: Examples,
    development: Examples | None,
    knobs: Knobs,
    folder: Path | None = None,
    report: Report = silent,
) -> History:
    """Train in place; afterwards the learner holds the best epoch's weights, in evaluation.

    The best epoch is chosen on the development set alone; without one the last counts. With a
    folder the run leaves checkpoint.pt, best.pt, log.csv and curve.png there, and goes on from
    what it finds there. Raises `CheckpointForeign`, `CheckpointUnreadable`, `TooFewExamples`, and
    `Diverged` when a loss is not a number.
    """
    with deterministic():
        run = Run(learner, train, development, knobs)
        if folder is not None:
            run.take_up(folder)
        while not run.finished:
            run.train_epoch(report)
            run.end_epoch()
        run.put_best_back()
    return run.history


class Run:
    """One run on its way; its position is the epochs done and the steps done in this epoch."""

    def __init__(
        self, learner: Learner, train: Examples, development: Examples | None, knobs: Knobs
    ) -> None:
        self._learner, self._train, self._development = learner, train, development
        self._knobs = knobs
        self._identity = identity_of(learner, train, development, knobs)
        self._batches = make_batches(len(train), knobs.batch, knobs.devices, knobs.seed)
        self._stepper = Stepper(learner, knobs)
        self._folder: CheckpointFolder | None = None
        self._step, self._loss_sum = 0, 0.0
        self._best: State | None = None
        self._drawn = time.monotonic()
        self.history = History(measure_of(development))

    @property
    def finished(self) -> bool:
        """Whether no epoch is left."""
        return self.history.finished(self._knobs.epochs, self._knobs.patience)

    @property
    def _epoch(self) -> int:
        """Epochs done, which is also the number of the one under way."""
        return len(self.history.records)

    def take_up(self, folder: Path) -> None:
        """Go on from what the folder holds, and keep the checkpoints there from now on."""
        fabric = self._stepper.fabric
        self._folder = CheckpointFolder(folder, self._identity)
        if fabric.is_global_zero:
            self._folder.sweep()
        state = self._folder.load(CHECKPOINT)
        if state is not None:
            self._stepper.load(state)
            records = tuple(EpochRecord(*record) for record in state["records"])
            self.history = History(self.history.measure, records)
            self._step, self._loss_sum = state["step"], state["loss_sum"]
            self._best = self._find_best(self._folder)
            self._write_history()
        fabric.barrier()  # nobody writes before all have read

    def _find_best(self, folder: CheckpointFolder) -> State | None:
        """The best weights: from their file, or at the end of the best epoch the current ones."""
        if self._epoch == 0:
            return None
        kept = folder.load(BEST)
        if kept is not None and kept["epoch"] == self.history.best_epoch:
            return kept
        if self._step == 0 and self.history.stale == 0:
            return self._keep_best()
        raise CheckpointUnreadable(
            f"{folder.path(BEST)} is not the best epoch's that {CHECKPOINT} beside it speaks of; "
            f"put it back, or remove {CHECKPOINT} to start the run anew"
        )

    def train_epoch(self, report: Report) -> None:
        """Train from the position to the epoch's end."""
        self._stepper.train()
        order, steps = self._batches.order(self._epoch), self._batches.steps
        stage, every = self._stage(), self._knobs.checkpoint_every_steps
        while self._step < steps:
            rank = self._stepper.fabric.global_rank
            batch = self._train.batch(self._batches.of_device(order, self._step, rank))
            self._count(self._stepper.step(batch, self._epoch, self._step, steps))
            if every and self._step % every == 0 and self._step < steps:
                self._save_position()
            report(stage, self._step, steps)

    def _count(self, loss: float) -> None:
        if not math.isfinite(loss):
            raise Diverged(
                f"the loss of epoch {self._epoch + 1}, step {self._step + 1} is {loss}: "
                "take a lower rate, or a smaller clip_norm"
            )
        self._step += 1
        self._loss_sum += loss

    def _stage(self) -> str:
        best, measured = self.history.best, self.history.measure
        known = "" if best is None else f", {measured} {best:.4g}"
        return f"epoch {self._epoch + 1} of {self._knobs.epochs}{known}"

    def end_epoch(self) -> None:
        """Measure on the development set, record, and keep the weights where they are the best."""
        self._measure_statistics()
        value, mean = self._measure(), self._loss_sum / self._batches.steps
        module_of(self._learner).eval()  # what is saved now is what was measured
        record = EpochRecord(self._epoch, mean, value, self._stepper.rate)
        self.history = self.history.and_then(record)
        self._step, self._loss_sum = 0, 0.0
        self._save_position()
        if self.history.stale == 0:
            self._best = self._keep_best()
        self._write_history()

    def _measure_statistics(self) -> None:
        count = min(self._knobs.statistics_batches, self._batches.steps)
        if count:
            order = self._batches.order(self._epoch)
            rows = (self._batches.of_step(order, step) for step in range(count))
            batches = (self._train.batch(chosen) for chosen in rows)
            measure_statistics(self._learner, batches, self._epoch)

    def _measure(self) -> float | None:
        """On the first process alone, as batch statistics differ; then told to all."""
        value, fabric = None, self._stepper.fabric
        if self._development is not None and fabric.is_global_zero:
            value = measure(self._learner, self._development, self._knobs.batch)
        return fabric.broadcast(value)

    def put_best_back(self) -> None:
        """Give the learner the best epoch's weights."""
        if self._best is not None:
            load_learner_state(self._learner, self._best)
        module_of(self._learner).eval()

    # --- what is written --------------------------------------------------------------

    def _save_position(self) -> None:
        if self._folder is not None and self._stepper.fabric.is_global_zero:
            position = {
                "step": self._step,
                "loss_sum": self._loss_sum,
                "records": [record.as_tuple() for record in self.history.records],
            }
            self._folder.save(CHECKPOINT, {**self._stepper.state(), **position})

    def _keep_best(self) -> State:
        with evaluating(self._learner):
            state = {**learner_state(self._learner), "epoch": self.history.best_epoch}
        if self._folder is not None and self._stepper.fabric.is_global_zero:
            self._folder.save(
                BEST, {**state, "measure": str(self.history.measure), "value": self.history.best}
            )
        return state

    def _write_history(self) -> None:
        if self._folder is not None and self._stepper.fabric.is_global_zero:
            write_log(self._folder.path("log.csv"), self.history)
            if self.finished or time.monotonic() - self._drawn > DRAW_EVERY_S:
                write_curve(self._folder.path("curve.png"), self.history)
                self._drawn = time.monotonic()
