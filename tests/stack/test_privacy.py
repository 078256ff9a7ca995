"""Nothing that a caller wrote or showed may appear outside the blobs of its assessment."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.stack.conftest import Receiver, Stack
from tests.stack.waiting import contents, until_appended

pytestmark = pytest.mark.stack

CANARY = "Canary-Patient-4711"


def test_no_log_store_metric_or_webhook_has_a_word_of_the_caller(
    stack: Stack, receiver: Receiver, short_face: Path
):
    path = f"/hook?{CANARY}"
    created = _create(stack, short_face, receiver.url.replace("/hook", path))
    body = stack.wait(created["id"])
    (headers, told), *_ = receiver.wait(1)
    until_appended(stack.data)

    assert body["reference"] == CANARY
    with stack.client() as api:
        assert CANARY not in api.get("/metrics").text
    assert CANARY.encode() not in told
    assert CANARY not in str(headers)
    assert CANARY not in stack.log.read_text()
    kept = dict(contents(stack.data / "redis"))
    assert any(created["id"].encode() in content for content in kept.values())
    assert [path.name for path, content in kept.items() if CANARY.encode() in content] == []


def test_deleting_erases_the_words_too(stack: Stack, short_face: Path, receiver: Receiver):
    mark = "Another-Canary-0815"
    created = _create(stack, short_face, receiver.url, mark)
    stack.wait(created["id"])
    receiver.wait(1)

    with stack.client() as api:
        api.delete(created["urls"]["self"])

    files = dict(contents(stack.data))
    assert [path.name for path in files if created["id"] in str(path)] == []
    assert [path.name for path, content in files.items() if mark.encode() in content] == []


def _create(stack: Stack, video: Path, callback: str, canary: str = CANARY) -> dict[str, Any]:
    request = {
        "reference": canary,
        "metadata": {canary: canary},
        "callback": {"url": callback},
        "analyses": ["expression"],
    }
    with stack.client() as api:
        parts = {
            "request": (None, json.dumps(request), "application/json"),
            "video": (f"{canary}.mp4", video.read_bytes(), "video/mp4"),
        }
        answer = api.post(f"/v1/assessments?note={canary}", files=parts)
    assert answer.status_code == 202, answer.text
    return answer.json()
