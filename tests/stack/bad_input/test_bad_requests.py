"""The rows of the table that a request breaks: each is refused by name, and nothing stays."""

from collections.abc import Sequence

import pytest

from tests.stack.bad_input import access, bodies, options, states
from tests.stack.bad_input.door import Door
from tests.stack.bad_input.row import Row
from tests.stack.waiting import until

pytestmark = pytest.mark.stack

GROUPS: dict[str, Sequence[Row]] = {
    "1-9 access": access.ROWS,
    "10-15 parts": bodies.PARTS,
    "16-27 the shape of options": options.SHAPE,
    "28-39 texts and addresses": options.TEXTS,
    "43-47 transfers": bodies.TRANSFERS,
    "48-59 contents": bodies.CONTENTS,
    "78-85 requests again": states.REPEATED,
    "86-88 protocol": access.PROTOCOL,
    "90 uploads": states.UPLOADS,
}


@pytest.mark.parametrize("group", GROUPS)
def test_bad_requests_are_refused_and_leave_the_stack_as_it_was(
    door: Door, group: str, subtests: pytest.Subtests
):
    before, listed = door.ids(), door.listed()

    for row in GROUPS[group]:
        with subtests.test(row.name):
            row.check(door)

    until(lambda: door.ids() <= before)  # What a worker had when it was deleted goes a bit later.
    assert door.listed() == listed
    assert door.good()["status"] == "succeeded"
