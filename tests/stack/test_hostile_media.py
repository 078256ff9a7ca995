"""Hostile recordings on the running stack: each fails alone, and the next good one is at once."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.hostile import kinds, mp4
from tests.hostile.films import FAST_VP9
from tests.hostile.scripts import SCRIPTS, behind_a_head
from tests.media.recordings import Make
from tests.stack.conftest import Stack
from tests.stack.processes import processes_of

pytestmark = [pytest.mark.stack, pytest.mark.slow]

GOOD_S = 30.0
"""Far less than anything that would have to be waited for: a lease, a new worker, a limit."""
GROWTH_BYTES = 128 * 2**20
HUGE_SIDE = 4096
"""More pixels than the limit of 8,294,400."""


@dataclass(frozen=True)
class Sent:
    """A recording, and the code with which its assessment fails."""

    name: str
    make: Callable[[], bytes]
    code: str


def switching() -> bytes:
    make = Make("webm", "libvpx-vp9", options=FAST_VP9)
    return kinds.changing(make, 64, HUGE_SIDE)


def concat() -> bytes:
    return behind_a_head(SCRIPTS["a concat script beside a recording"])


SENT = (
    Sent("1001 tracks", partial(mp4.tracks, 1001), "undecodable"),
    Sent("a table of 4,294,967,295 samples", partial(mp4.sizes, 1, mp4.MOST), "too_long"),
    Sent("a size that switches in the middle", switching, "too_large_picture"),
    Sent("a concat script beside somebody else's recording", concat, "undecodable"),
)


def workers(stack: Stack) -> dict[int, int]:
    """Return the resident bytes of every Celery process of the stack, by its id."""
    celery = processes_of(stack.process, "celery")
    return {one.pid: one.memory_info().rss for one in celery}


def test_the_worker_outlives_hostile_recordings_and_goes_on_at_once(
    stack: Stack, short_face: Path, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    # Given a worker that has done its first work, and somebody else's recording in the store,
    stack.assess(short_face, analyses=["expression"])
    before = workers(stack)
    assert before

    for sent in SENT:
        with subtests.test(sent.name):
            # when a hostile recording comes,
            path = tmp_path / "canary.mp4"
            path.write_bytes(sent.make())
            ended = stack.assess(path, analyses=["expression"])

            # then its own assessment fails, nothing is decoded, nothing is kept,
            assert (ended["status"], ended["error"]["code"]) == ("failed", sent.code)
            assert stack.blobs(ended["id"]) == {"request.json"}

            # the processes are the same and have not grown,
            after = workers(stack)
            assert set(after) == set(before)
            assert all(after[one] - size < GROWTH_BYTES for one, size in before.items())

            # and a good one is done soon.
            started = time.monotonic()
            good = stack.assess(short_face, analyses=["expression"])
            assert good["outcome"] == "reported"
            assert time.monotonic() - started < GOOD_S


def test_a_bare_concat_script_is_not_even_taken(stack: Stack, tmp_path: Path) -> None:
    path = tmp_path / "visit.mp4"
    path.write_text(SCRIPTS["a concat script beside a recording"])

    with stack.client() as api, path.open("rb") as content:
        parts = {
            "request": (None, "{}", "application/json"),
            "video": ("visit.mp4", content, "video/mp4"),
        }
        answer = api.post("/v1/assessments", files=parts)

    assert (answer.status_code, answer.json()["code"]) == (415, "not_a_video")
