"""What a training run has seen so far, epoch by epoch; the best epoch and the end follow from it.

    record, record, record … ─▶ best_epoch (development only) ─▶ stale epochs ─▶ finished?

Nothing is counted beside the records, so that a run that is taken up again decides the same.
"""

from dataclasses import dataclass
from enum import StrEnum


class Measure(StrEnum):
    """What a development set is measured by."""

    RMSE = "rmse"  # on the 0-63 scale, lower is better
    ACCURACY = "accuracy"  # 0-1, higher is better
    NONE = "none"  # no development set: the last epoch counts as the best


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """One epoch.

    epoch        counts from 0
    loss         mean training loss over its steps
    development  the measure on the development set after it, or None
    rate         the learning rate (not the trunk's) of its last step
    """

    epoch: int
    loss: float
    development: float | None
    rate: float

    def as_tuple(self) -> tuple[int, float, float | None, float]:
        """The values in their order."""
        return self.epoch, self.loss, self.development, self.rate


@dataclass(frozen=True, slots=True)
class History:
    """All epochs done, in order."""

    measure: Measure
    records: tuple[EpochRecord, ...] = ()

    def and_then(self, record: EpochRecord) -> "History":
        """The history with one more epoch."""
        return History(self.measure, (*self.records, record))

    @property
    def best_epoch(self) -> int:
        """The first epoch that no other beats, -1 before any; without development the last."""
        if self.measure is Measure.NONE or not self.records:
            return len(self.records) - 1
        return min(self.records, key=lambda record: (self._badness(record), record.epoch)).epoch

    @property
    def best(self) -> float | None:
        """The development measure of the best epoch."""
        return self.records[self.best_epoch].development if self.records else None

    @property
    def stale(self) -> int:
        """Epochs since the best one."""
        return len(self.records) - 1 - self.best_epoch

    def finished(self, epochs: int, patience: int) -> bool:
        """Whether all epochs are done, or the development has not got better for `patience`."""
        return len(self.records) >= epochs or (patience > 0 and self.stale >= patience)

    def _badness(self, record: EpochRecord) -> float:
        assert record.development is not None
        return -record.development if self.measure is Measure.ACCURACY else record.development
