"""Steps of assessments, heard as they are taken: a hint that there is something to look at.

    store ── an id, at every change of status and at every deletion ──▶ whoever listens

A step may be missed, while the store is away for one, and none is kept. So whoever listens still
looks now and then; listening only makes it soon.
"""

from collections.abc import Callable
from typing import Protocol

from assessment.assessment import AssessmentId

Hear = Callable[[AssessmentId], None]
"""Is told the id; must return at once, and may be called from any thread."""


class Steps(Protocol):
    """The steps of all assessments of all tenants."""

    def listen(self, hear: Hear) -> Callable[[], None]:
        """Call `hear` at every step from now on, until what is returned is called.

        Returns at once, also when the store is away, and raises nothing.
        """
        ...


class Silence:
    """Steps that nobody hears: all is found by looking."""

    def listen(self, hear: Hear) -> Callable[[], None]:
        """Never call `hear`."""
        del hear
        return lambda: None
