"""The table has 90 rows, and each is held by a test that is there."""

from tests.stack.bad_input.elsewhere import ELSEWHERE
from tests.stack.bad_input.takes import TAKES
from tests.stack.bad_input.test_bad_requests import GROUPS
from tests.stack.conftest import PROJECT

ROWS = 90


def test_every_row_of_the_table_is_held():
    requests = [row for group in GROUPS.values() for row in group]

    held = {one.number for one in (*requests, *TAKES)} | set(ELSEWHERE)

    assert held == set(range(1, ROWS + 1))
    names = [one.name for one in (*requests, *TAKES)]
    assert len(set(names)) == len(names)


def test_what_is_held_elsewhere_is_there():
    for place in ELSEWHERE.values():
        file, _, name = place.partition("::")
        assert f"def {name}(" in (PROJECT / file).read_text(), place
