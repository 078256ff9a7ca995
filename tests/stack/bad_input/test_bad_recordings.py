"""The rows of the table that a worker tells: all sent at once, then each held to its row."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.stack.bad_input.take import Take
from tests.stack.bad_input.takes import TAKES
from tests.stack.conftest import Stack
from tests.stack.site import LARGE, Site
from tests.stack.waiting import until

pytestmark = pytest.mark.stack


def send(stack: Stack, site: Site, take: Take, path: Path) -> dict[str, Any]:
    if take.make is not None:
        return stack.create(take.make(path), **take.request)
    assert take.fetched is not None
    request = {**take.request, "source": {"url": site.url(take.fetched)}}
    with stack.client() as api:
        answer = api.post("/v1/assessments", json=request)
    assert answer.status_code == 202, answer.text
    return answer.json()


def check(stack: Stack, take: Take, body: dict[str, Any]) -> None:
    take.check(body)
    kept = stack.blobs(body["id"])
    if body["status"] == "failed":
        assert kept == {"request.json"}
        assert stack.get(body["urls"]["report"]).status_code == 409
    assert "video" not in kept
    if take.times_ms is not None:
        rows = stack.get(body["urls"]["timeline"]).text.splitlines()
        assert tuple(json.loads(row)["at_ms"] for row in rows) == take.times_ms


def test_bad_recordings_end_as_the_table_says_and_a_good_one_after_them(
    stack: Stack, site: Site, short_face: Path, tmp_path: Path, subtests: pytest.Subtests
):
    sent = [
        (take, send(stack, site, take, tmp_path / str(place))) for place, take in enumerate(TAKES)
    ]
    good = stack.create(short_face)

    for take, created in sent:
        with subtests.test(take.name):
            check(stack, take, stack.wait(created["id"]))

    assert stack.wait(good["id"])["outcome"] == "reported"
    assert site.given < LARGE / 2, "it was read to its end"
    until(lambda: list((stack.data / "staging").iterdir()) == [])
