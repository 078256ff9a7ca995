from hypothesis import given
from hypothesis import strategies as st

from assessment.ledger import Ledger, Verdict


@given(st.lists(st.sampled_from(Verdict)))
def test_the_ledger_balances_whatever_happened(verdicts: list[Verdict]):
    ledger = Ledger.of(verdicts)

    assert ledger.sampled == len(verdicts)
    assert ledger.sampled == ledger.used + sum(ledger.rejected.values())


def test_the_commonest_rejection_is_named():
    ledger = Ledger.of([Verdict.USED, Verdict.BLURRED, Verdict.BLURRED, Verdict.NO_FACE])

    assert ledger.commonest_rejection is Verdict.BLURRED
    assert Ledger.of([Verdict.USED]).commonest_rejection is None
