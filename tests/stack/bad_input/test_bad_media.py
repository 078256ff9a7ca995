"""The recordings of the second list: all sent at once, each ends by name, none harms the worker."""

from pathlib import Path

import pytest

from tests.stack.bad_input.media import TAKES
from tests.stack.bad_input.test_bad_recordings import check
from tests.stack.conftest import Stack
from tests.stack.processes import processes_of
from tests.stack.waiting import until

pytestmark = [pytest.mark.stack, pytest.mark.slow]


def workers_of(stack: Stack) -> set[int]:
    """Return the worker's processes, but for decoders, which come and go."""
    return {one.pid for one in processes_of(stack.process, "celery")}


def test_hostile_recordings_end_as_the_register_says_and_a_good_one_after_them(
    stack: Stack, short_face: Path, tmp_path: Path, subtests: pytest.Subtests
):
    workers = workers_of(stack)
    sent = []
    for place, take in enumerate(TAKES):
        assert take.make is not None
        path = take.make(tmp_path / str(place) / "recording.mp4")
        sent.append((take, stack.create(path, **take.request)))
        path.unlink()
    good = stack.create(short_face)

    for take, created in sent:
        with subtests.test(take.name):
            check(stack, take, stack.wait(created["id"]))

    assert stack.wait(good["id"])["outcome"] == "reported"
    assert workers_of(stack) == workers
    until(lambda: list((stack.data / "staging").iterdir()) == [])
