"""Both protocols in one table, and a warning for the leaky one."""

import io

import numpy as np
import pytest

from training.datasets.splits import LEAKS, Division
from training.evaluation.document import Evaluation, Setting, weigh_classes, weigh_severity
from training.evaluation.protocols import SideBySide, warn
from training.evaluation.units import Scored, Unit
from training.faults import NothingToWeigh


def severity(error: float, protocol: str) -> Evaluation:
    true = np.arange(20.0)
    scores = Scored(true + error, true, np.arange(20) // 2, np.arange(20), Unit.FILE)
    return weigh_severity(scores, None, Setting("invented", protocol), 10.0)


def test_both_numbers_stand_in_one_table_with_the_leak_named() -> None:
    # when
    table = SideBySide(
        severity(6.0, "person-disjoint"), severity(3.0, "as published"), Division.AVEC
    ).markdown()

    # then
    assert "| RMSE | 6.00 [6.00, 6.00] | 3.00 [3.00, 3.00] |" in table
    assert "| n | 20 files of 10 persons | 20 files of 10 persons |" in table
    assert "| protocol | person-disjoint | as published |" in table
    assert LEAKS[Division.AVEC] in table


def test_asking_for_the_leaky_protocol_prints_what_it_leaks() -> None:
    # given
    stream = io.StringIO()

    # when
    warn(Division.ONE_PERSON_OUT, stream)

    # then
    assert stream.getvalue().startswith("warning: protocol `literature` leaks the test set")
    assert LEAKS[Division.ONE_PERSON_OUT] in stream.getvalue()


def test_severity_is_not_compared_with_classes() -> None:
    # given
    rows = Scored(np.eye(2), np.arange(2), np.arange(2), np.arange(2), Unit.FILE)
    other = weigh_classes(rows, ("a", "b"), Setting("invented", "as published"))

    # then
    with pytest.raises(NothingToWeigh, match="different tasks"):
        SideBySide(severity(6.0, "person-disjoint"), other, Division.PERSONS).markdown()
