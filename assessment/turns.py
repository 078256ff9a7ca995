"""Whose turn it is: the order in which waiting assessments are taken, fair between tenants.

Messages come as they were sent, so that a tenant who sends 500 would keep all others waiting.
So a message only says that there is work; which, is asked for here:

    submitted ─▶ enter      message ─▶ next ─▶ the oldest of the tenant whose turn it is

Tenants take turns, one assessment each (start-time fair queueing, Goyal et al., 1996, all of one
weight and one cost). Who comes back has no claim to turns that it did not use. A sandbox waits for
nobody: it takes no network's time. Like the queue this is a hint: an assessment that is missing
here is taken when its message comes.
"""

from typing import Protocol

from assessment.assessment import AssessmentId


class Turns(Protocol):
    """The assessments that wait, by tenant."""

    def enter(self, assessment_id: AssessmentId) -> None:
        """Let a queued assessment wait for its turn; again, at its old place, changes nothing."""
        ...

    def next(self, told: AssessmentId) -> AssessmentId:
        """Return and remove whose turn it is; the one that the message told of if nobody waits."""
        ...
