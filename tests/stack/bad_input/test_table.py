"""The two lists have 90 and 179 rows, and each is held by a row or a test that is there."""

import pytest

from tests.hostile.corpus import CORPUS
from tests.stack.bad_input import media, register
from tests.stack.bad_input.elsewhere import ELSEWHERE
from tests.stack.bad_input.takes import TAKES
from tests.stack.bad_input.test_bad_lines import GROUPS as SECOND
from tests.stack.bad_input.test_bad_requests import GROUPS
from tests.stack.conftest import PROJECT

ROWS = 90
FIRST = [*(row for group in GROUPS.values() for row in group), *TAKES]
AGAIN = [*(row for group in SECOND.values() for row in group), *media.TAKES]


def test_every_row_of_the_table_is_held():
    held = {one.number for one in FIRST} | set(ELSEWHERE)

    assert held == set(range(1, ROWS + 1))


def test_every_row_of_the_second_list_is_held_merged_or_does_not_apply():
    here = {int(str(one.number).removeprefix("F")) for one in AGAIN}
    others = set(register.MERGED) | set(register.ELSEWHERE) | set(media.ONLY_CORPUS)

    assert here | others | set(register.NOT_HERE) == set(range(1, register.FAULTS + 1))
    assert not set(register.NOT_HERE) & (here | others), "what is held does apply"
    assert all(reason.endswith(".") for reason in register.NOT_HERE.values())


def test_names_tell_the_rows_apart():
    names = [one.name for one in (*FIRST, *AGAIN)]

    assert sorted(names) == sorted(set(names))
    assert set(register.MERGED.values()) <= {one.name for one in FIRST}


def test_recordings_of_the_corpus_are_there():
    named = {name for each in media.ONLY_CORPUS.values() for name in each}

    assert named <= {case.name for case in CORPUS}


@pytest.mark.parametrize("place", sorted({*ELSEWHERE.values(), *register.ELSEWHERE.values()}))
def test_what_is_held_elsewhere_is_there(place: str):
    file, _, name = place.partition("::")

    assert f"def {name}(" in (PROJECT / file).read_text()
