"""The port `Steps` in memory: tells at once, in the thread that takes the step."""

from collections.abc import Callable
from dataclasses import dataclass, field

from assessment.assessment import AssessmentId
from assessment.steps import Hear


@dataclass
class MemorySteps:
    """Who listens; `MemoryRecords` calls it at every step."""

    listeners: list[Hear] = field(default_factory=list[Hear])

    def __call__(self, assessment_id: AssessmentId) -> None:
        """Tell every listener."""
        for hear in tuple(self.listeners):
            hear(assessment_id)

    def listen(self, hear: Hear) -> Callable[[], None]:
        """Call `hear` at every step from now on, until what is returned is called."""
        self.listeners.append(hear)

        def stop() -> None:
            if hear in self.listeners:
                self.listeners.remove(hear)

        return stop
