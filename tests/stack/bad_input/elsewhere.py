"""Rows that take more than one request, and the tests that hold them."""

ELSEWHERE = {
    36: "tests/unit/service/test_bad_requests.py::"
    "test_a_callback_that_may_not_be_called_is_refused",
    39: "tests/unit/service/test_sourced_requests.py::"
    "test_an_address_that_may_not_be_fetched_is_refused",
    82: "tests/stack/test_lifecycle.py::test_deleting_a_running_assessment_stops_the_work",
    89: "tests/stack/test_keys.py::"
    "test_two_thousand_creates_in_a_minute_are_bounded_and_harm_nobody_else",
    90: "tests/unit/service/test_upload_use.py::test_an_expired_upload_is_gone",
}
"""By the row's number. Those of 36, 39 and 90 hold what the embedded stack does not refuse:
it may call its own machine, and no test waits a day for an upload to expire."""
