"""Records that cannot be read: said in the log, and no reason to leave the others undone."""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from assessment.assessment import AssessmentId
from assessment.faults import NewerDocument
from worker.outliving import told

log = logging.getLogger(__name__)

DAMAGED: Final = (ValueError, KeyError, TypeError)
"""What reading a record raises that is none."""


@contextmanager
def passing_over(assessment_id: AssessmentId) -> Generator[None]:
    """Pass over the assessment if its record cannot be read.

    A round comes by it every time, and it must not keep the others from their turn.
    """
    try:
        yield
    except NewerDocument:
        return  # A process of that release takes care of it.
    except DAMAGED as error:
        log.error("assessment %s cannot be read: %s", assessment_id, told(error))  # noqa: TRY400
