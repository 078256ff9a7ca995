"""Keys made beside a running stack, and one tenant's haste that costs no other anything."""

import re
import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.stack.conftest import PROJECT, ROOM, Stack
from tests.stack.waiting import until

pytestmark = pytest.mark.stack

CREATES = int(ROOM["MIEN_QUOTA_CREATES_PER_MINUTE"])


def mien(stack: Stack, *arguments: str) -> str:
    """Run `./mien keys` on the stack's data folder and return standard output."""
    done = subprocess.run(
        [PROJECT / "mien", "keys", *arguments, "--data", stack.data],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.strip()


def id_of(stack: Stack, name: str, tenant: str = "default") -> str:
    (line,) = [
        line for line in mien(stack, "list", "--tenant", tenant).splitlines() if f" {name} " in line
    ]
    return line.split()[0]


def post(api: httpx.Client) -> httpx.Response:
    return api.post("/v1/assessments", files={"video": ("a.mp4", b"no video", "video/mp4")})


def test_a_key_made_on_the_command_line_has_its_scope_until_it_is_revoked(stack: Stack):
    key = mien(stack, "create", "--name", "reader", "--scope", "read")

    with stack.client(key) as api:
        read, create = api.get("/v1/assessments"), post(api)
        mien(stack, "revoke", id_of(stack, "reader"))
        revoked = api.get("/v1/assessments")

    assert read.status_code == 200
    assert (create.status_code, create.json()["missing_scope"]) == (403, "create")
    assert (revoked.status_code, revoked.json()["code"]) == (401, "unauthenticated")
    assert revoked.headers["www-authenticate"] == "Bearer"


def test_both_keys_work_while_a_rotation_overlaps(stack: Stack):
    def status(key: str) -> int:
        with stack.client(key) as api:
            return api.get("/v1/models").status_code

    # given an overlap that no machine is too slow for
    old = mien(stack, "create", "--name", "rotated", "--scope", "read")
    first = id_of(stack, "rotated")
    new = mien(stack, "rotate", first, "--overlap-s", "3600")
    during = status(old), status(new)

    # when another one of the same key is over soon
    newest = mien(stack, "rotate", first, "--overlap-s", "1")
    until(lambda: status(old) != 200)

    # then
    assert during == (200, 200)
    assert (status(old), status(new), status(newest)) == (401, 200, 200)


def test_an_admin_key_makes_keys_of_its_own_tenant_over_http(stack: Stack):
    admin = mien(stack, "create", "--tenant", "clinic", "--scope", "admin")

    with stack.client(admin) as api:
        made = api.post("/v1/keys", json={"name": "kiosk", "scopes": ["create"]}).json()
        own = api.get("/v1/keys").json()["data"]
    with stack.client() as api:
        foreign = api.get(f"/v1/keys/{made['id']}")

    assert {one["name"] for one in own} == {"operator", "kiosk"}
    assert foreign.status_code == 404
    assert id_of(stack, "kiosk", "clinic") == made["id"]
    assert made["key"] not in stack.log.read_text(errors="replace")


def test_two_thousand_creates_in_a_minute_are_bounded_and_harm_nobody_else(stack: Stack):
    loud = mien(stack, "create", "--tenant", "loud", "--scope", "create")

    def knock(count: int) -> Counter[int]:
        with stack.client(loud) as api:
            return Counter(api.post("/v1/assessments").status_code for _ in range(count))

    began = time.monotonic()
    with ThreadPoolExecutor(4) as threads:
        answers = sum(threads.map(knock, [500] * 4), Counter[int]())
    took_s = time.monotonic() - began
    with stack.client(loud) as api:
        refused = post(api)
    with stack.client() as api:
        others = post(api)

    assert took_s < 60, "slower than the window: nothing is shown"
    assert answers == {415: CREATES, 429: 2000 - CREATES}
    assert (refused.status_code, refused.json()["violated_policies"]) == (429, ["creates"])
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert re.search(r'"creates";r=0;t=\d+', refused.headers["ratelimit"])
    assert others.status_code == 415
    assert others.json()["code"] == "not_a_video"
