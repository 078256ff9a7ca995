from hypothesis import given
from hypothesis import strategies as st

from assessment.schedule import DELAYS_S, LONGEST_RETRY_AFTER_S, next_try_s


def test_deliveries_are_tried_for_about_a_day_and_then_given_up():
    delays = [next_try_s(n, chance=0.5) for n in range(1, 11)]

    assert delays[: len(DELAYS_S)] == list(DELAYS_S)
    assert delays[len(DELAYS_S) :] == [None, None]
    assert 23 * 3600 < sum(DELAYS_S) < 25 * 3600


@given(st.integers(1, 8), st.floats(0, 1, exclude_max=True), st.floats(0, 1e9))
def test_jitter_is_bounded_and_patience_is_honoured_up_to_its_limit(
    attempts: int, chance: float, retry_after_s: float
):
    delay = next_try_s(attempts, chance=chance, retry_after_s=retry_after_s)

    assert delay is not None
    planned = DELAYS_S[attempts - 1]
    assert delay >= 0.8 * planned
    assert delay >= min(retry_after_s, LONGEST_RETRY_AFTER_S)
    assert delay <= max(1.2 * planned, LONGEST_RETRY_AFTER_S)
