"""Pictures of the face on the real stack: of the recording, in its report and nowhere else."""

import base64
import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.stack.conftest import Receiver, Stack
from tests.stack.waiting import contents, until_appended

pytestmark = pytest.mark.stack

CONSENT = {
    "policy_version": "2026-01",
    "obtained_at": "2026-01-01T12:00:00Z",
    "scopes": ["expression", "include_faces"],
}


def test_the_report_shows_faces_that_are_nowhere_else_and_go_with_the_assessment(
    stack: Stack, short_face: Path, receiver: Receiver
):
    body = stack.assess(
        short_face,
        analyses=["expression"],
        include_faces=True,
        consent=CONSENT,
        callback={"url": receiver.url},
    )
    (_, told), *_ = receiver.wait(1)
    until_appended(stack.data)
    report = stack.get(body["urls"]["report"]).text
    found = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', report)
    seen = [cv2.imdecode(np.frombuffer(base64.b64decode(one), np.uint8), 1) for one in found]

    assert len(found) == len(body["result"]["kept_faces_ms"]) >= 2
    assert [one.shape for one in seen if one is not None] == [(224, 224, 3)] * len(found)
    assert all(one is not None and one.std() > 20 for one in seen)
    mark = found[0][200:260]
    assert mark.encode() not in told
    assert mark not in stack.log.read_text()
    assert files_with(stack, mark) == [f"faces.{body['attempts']}.json"]

    with stack.client() as api:
        receipt = api.delete(body["urls"]["self"]).json()

    assert "faces" in {one["class"] for one in receipt["erased"]}
    assert files_with(stack, mark) == []


def files_with(stack: Stack, mark: str) -> list[str]:
    """Return the files that hold it of all the stack's data: blobs, Redis with its file, audit."""
    return [path.name for path, content in contents(stack.data) if mark.encode() in content]
