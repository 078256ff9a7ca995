"""A change against an earlier assessment, through the real store and worker, in the sandbox."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.stack.conftest import Stack
from tests.stack.test_sandbox import ended, send

pytestmark = pytest.mark.stack


@pytest.fixture
def api(stack: Stack) -> Iterator[httpx.Client]:
    order = {"name": "change", "environment": "test", "scopes": ["create", "read"]}
    with stack.client() as admin:
        issued = admin.post("/v1/keys", json=order).json()
        with stack.client(issued["key"]) as client:
            yield client
        admin.delete(f"/v1/keys/{issued['id']}")


def estimates(api: httpx.Client, identifier: str) -> list[dict[str, Any]]:
    body = ended(api, identifier)
    assert body["outcome"] == "reported", body
    return body["result"]["severity"]


def test_the_change_is_stated_while_the_baseline_is_there_and_its_loss_is_said(api: httpx.Client):
    # given
    before = send(api, "patient 7")
    points = {one["model"]: one["point"] for one in estimates(api, before)}

    # when the same is seen again, and once more after the first was erased
    again = estimates(api, send(api, "patient 7", baseline=before))
    assert api.delete(f"/v1/assessments/{before}").status_code == 200
    later = estimates(api, send(api, "patient 7", baseline=before))

    # then
    for one in again:
        assert one["change"]["baseline_id"] == before
        assert one["change"]["point_difference"] == round(one["point"] - points[one["model"]], 2)
        assert one["change"]["verdict"] == "no_reliable_change"
    assert [one["change"] for one in later] == [None] * len(points)
    assert {one["change_withheld"] for one in later} == {"baseline_erased"}


def test_another_patients_assessment_is_no_baseline(stack: Stack, api: httpx.Client):
    # given
    before = send(api, "patient 7")
    parts = {
        "request": (None, f'{{"reference": "patient 8", "baseline": "{before}"}}'),
        "video": ("a.mp4", b"\x00\x00\x00\x18ftypisom" + bytes(64), "video/mp4"),
    }

    # when
    answer = api.post("/v1/assessments", files=parts)

    # then
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/request/baseline"
    assert "patient" not in (stack.log.read_text() if Path(stack.log).exists() else "")
