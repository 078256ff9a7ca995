"""One tenant's pile does not keep another waiting, on the running stack with its one worker."""

import json
import time
from pathlib import Path

import pytest

from tests.stack.bad_input.door import new_key
from tests.stack.conftest import Stack

pytestmark = [pytest.mark.stack, pytest.mark.slow]

PILE = 12
LIMIT_S = 240.0


def create(stack: Stack, key: str, video: bytes) -> str:
    asked = json.dumps({"analyses": ["expression"]})
    headers = {"content-type": "video/mp4", "mien-request": asked}
    with stack.client(key) as api:
        answer = api.post("/v1/assessments", content=video, headers=headers)
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


@pytest.mark.timeout(LIMIT_S + 60)
def test_anothers_first_assessment_does_not_wait_for_a_pile(stack: Stack, nobody: Path):
    # given
    heavy, light = new_key(stack, "heavy"), new_key(stack, "light")
    video = nobody.read_bytes()
    pile = [create(stack, heavy, video) for _ in range(PILE)]

    # when
    first = create(stack, light, video)

    # then
    with stack.client(light) as own, stack.client(heavy) as theirs:
        end = time.monotonic() + LIMIT_S
        while own.get(f"/v1/assessments/{first}").json()["status"] in ("queued", "processing"):
            assert time.monotonic() < end
            time.sleep(0.05)
        statuses = [theirs.get(f"/v1/assessments/{one}").json()["status"] for one in pile]
    assert statuses.count("queued") >= PILE // 2
