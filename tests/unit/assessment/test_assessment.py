from dataclasses import replace

import pytest

from assessment.assessment import ID_PATTERN, TRANSITIONS, Outcome, Status
from assessment.faults import IllegalTransition
from tests.samples import NOON, an_assessment


@pytest.mark.parametrize("start", Status)
@pytest.mark.parametrize("end", Status)
def test_only_the_transitions_of_the_table_are_possible(start: Status, end: Status):
    assessment = replace(an_assessment(), status=start)

    if end in TRANSITIONS[start]:
        assert assessment.to(end, at=NOON).status is end
    else:
        with pytest.raises(IllegalTransition):
            assessment.to(end, at=NOON)


def test_each_claim_raises_the_fence():
    first = an_assessment().to(Status.PROCESSING, at=NOON)
    second = first.to(Status.QUEUED, at=NOON).to(Status.PROCESSING, at=NOON)

    assert (first.step, second.step) == ((Status.PROCESSING, 1), (Status.PROCESSING, 2))


def test_being_handed_back_is_no_crash_and_being_taken_back_is():
    claimed = an_assessment().to(Status.PROCESSING, at=NOON)

    assert claimed.to(Status.QUEUED, at=NOON).crashes == 0
    assert claimed.to(Status.QUEUED, at=NOON, crashed=True).crashes == 1


def test_an_end_has_no_way_on_and_a_full_progress():
    ended = (
        an_assessment()
        .to(Status.PROCESSING, at=NOON)
        .to(Status.SUCCEEDED, at=NOON, outcome=Outcome.WITHHELD)
    )

    assert ended.status.final
    assert (ended.outcome, ended.progress.percent) == (Outcome.WITHHELD, 100)


def test_an_id_is_32_hexadecimal_digits():
    assert ID_PATTERN.fullmatch(an_assessment().id)
    assert not ID_PATTERN.fullmatch("asm_../../etc")
