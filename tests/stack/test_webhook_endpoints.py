"""Endpoints against the running stack."""

import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from tests.stack.conftest import Receiver, Stack
from tests.stack.waiting import until

pytestmark = pytest.mark.stack

LIMIT_S = 60.0


def until_settled(api: httpx.Client, path: str) -> dict[str, Any]:
    """Return the only delivery of a log once it is neither pending nor due again."""
    end = time.monotonic() + LIMIT_S
    while True:
        found = api.get(path).json()["data"]
        if found and found[0]["state"] in ("delivered", "gave_up"):
            return found[0]
        assert time.monotonic() < end, found
        time.sleep(0.1)


def told_of(receiver: Receiver, what: str, times: int) -> tuple[dict[str, str], bytes]:
    """Wait for so many webhooks about an id, and return the last of them.

    An endpoint hears of all its tenant's assessments, also of those that other tests left behind.
    """

    def found() -> list[tuple[dict[str, str], bytes]]:
        return [one for one in receiver.received if what.encode() in one[1]]

    until(lambda: len(found()) >= times)
    return found()[times - 1]


def test_an_endpoint_is_tried_told_rotated_and_told_again(
    stack: Stack, receiver: Receiver, nobody: Path
):
    with stack.client() as api:
        made = api.post("/v1/webhook-endpoints", json={"url": receiver.url})
        assert made.status_code == 201, made.text
        own, first = f"/v1/webhook-endpoints/{made.json()['id']}", made.json()["secret"]

        assert api.post(f"{own}/test").status_code == 202
        headers, body = told_of(receiver, made.json()["id"], 1)
        assert Webhook(first).verify(body, headers)["type"] == "webhook.test"
        assert until_settled(api, f"{own}/deliveries")["attempts"][0]["status"] == 204

        second = api.post(f"{own}/rotate").json()["secret"]
        one = stack.create(nobody)["id"]
        ended = stack.wait(one)["status"]
        headers, body = told_of(receiver, one, 1)
        for secret in (first, second):
            told = Webhook(secret).verify(body, headers)
            assert (told["data"]["id"], told["data"]["status"]) == (one, ended)

        log = f"/v1/assessments/{one}/deliveries"
        delivery = until_settled(api, log)
        assert (delivery["id"], delivery["state"]) == (headers["webhook-id"], "delivered")
        assert api.post(f"{log}/{delivery['id']}/replay").status_code == 202
        assert told_of(receiver, one, 2)[0]["webhook-id"] == delivery["id"]

        assert api.delete(own).status_code == 200


def test_an_endpoint_that_says_that_it_is_gone_is_disabled(stack: Stack, receiver: Receiver):
    receiver.answers = [410]
    with stack.client() as api:
        made = api.post("/v1/webhook-endpoints", json={"url": receiver.url}).json()
        own = f"/v1/webhook-endpoints/{made['id']}"

        api.post(f"{own}/test")
        until_settled(api, f"{own}/deliveries")

        assert api.get(own).json()["disabled_reason"] == "gone"
        assert api.post(f"{own}/test").status_code == 409
        assert api.delete(own).status_code == 200
