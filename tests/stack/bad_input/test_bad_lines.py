"""The second list of bad requests: refused by name, nothing stays, and the stack goes on."""

from collections.abc import Sequence

import pytest

from tests.stack.bad_input import addresses, callers, envelopes, parameters, resumed, wire
from tests.stack.bad_input.door import Door
from tests.stack.bad_input.row import Row
from tests.stack.waiting import until

pytestmark = pytest.mark.stack

GROUPS: dict[str, Sequence[Row]] = {
    "F001-F036 the wire": wire.ROWS,
    "F037-F057 callers": callers.ROWS,
    "F058-F080 parameters": parameters.ROWS,
    "F081-F129 envelopes": envelopes.ROWS,
    "F112-F121 chunks and repeats": resumed.ROWS,
    "F161-F178 addresses": addresses.ROWS,
}


@pytest.mark.parametrize("group", GROUPS)
def test_the_second_list_is_refused_too_and_leaves_the_stack_as_it_was(
    door: Door, group: str, subtests: pytest.Subtests
):
    before, listed, process = door.ids(), door.listed(), door.stack.process.pid

    for row in GROUPS[group]:
        with subtests.test(row.name):
            row.check(door)

    until(lambda: door.ids() <= before)
    assert door.listed() == listed
    assert (door.stack.process.pid, door.stack.process.poll()) == (process, None)
    assert door.good()["status"] == "succeeded"
