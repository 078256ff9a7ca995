"""What an `Accept` header asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.accepts import preferred

SERVED = ("application/jsonl", "text/csv", "text/vtt")


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("", "application/jsonl"),
        ("*/*", "application/jsonl"),
        ("text/csv", "text/csv"),
        ("TEXT/CSV", "text/csv"),
        ("text/csv; charset=utf-8", "text/csv"),
        ("text/*", "text/csv"),
        ("text/*;q=0.5, text/vtt", "text/vtt"),
        ("text/csv;q=0.1, text/vtt;q=0.2, application/jsonl;q=0.15", "text/vtt"),
        ("text/csv;q=0.5,*/*;q=0.1", "text/csv"),
        ("*/*, application/jsonl;q=0", "text/csv"),
        ("text/*;q=0, */*", "application/jsonl"),
        ("image/png, */*;q=0.01", "application/jsonl"),
        ("no range at all", "application/jsonl"),
        ("text/csv;q=2, text/vtt", "text/vtt"),
        ("image/png", None),
        ("application/json", None),
        ("text/csv;q=0", None),
        ("*/*;q=0", None),
    ],
)
def test_the_most_wanted_type_is_chosen_and_the_first_of_equals(accept: str, wanted: str | None):
    assert preferred(accept, SERVED) == wanted


@given(st.text(st.characters(max_codepoint=255), max_size=200))
def test_no_header_breaks_it(accept: str):
    assert preferred(accept, SERVED) in (*SERVED, None)
