"""Receipts and feedback of the real stack: signed by the service, checked by the command alone."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.stack.conftest import PROJECT, Stack
from tests.stack.test_sandbox import ended, send

pytestmark = pytest.mark.stack

BDI = {"instrument": "bdi_ii", "total": 21, "obtained_at": "2026-11-20T09:30:00Z"}


@pytest.fixture
def sandbox(stack: Stack) -> Iterator[httpx.Client]:
    order = {"name": "receipts", "environment": "test", "scopes": ["create", "read"]}
    with stack.client() as admin:
        issued = admin.post("/v1/keys", json=order).json()
        with stack.client(issued["key"]) as client:
            yield client
        admin.delete(f"/v1/keys/{issued['id']}")


def mien(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [PROJECT / "mien", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def saved(folder: Path, name: str, answer: httpx.Response) -> Path:
    assert answer.status_code == 200, answer.text
    path = folder / name
    path.write_bytes(answer.content)
    return path


def keys_of(stack: Stack, folder: Path) -> Path:
    answer = httpx.get(f"{stack.url}/.well-known/mien-receipt-keys.json", trust_env=False)
    return saved(folder, "keys.json", answer)


def test_a_real_assessment_has_a_receipt_that_is_checked_offline(
    stack: Stack, short_face: Path, tmp_path: Path
):
    body = stack.assess(short_face)
    url = body["urls"]["receipt"]
    receipt, keys = saved(tmp_path, "receipt.json", stack.get(url)), keys_of(stack, tmp_path)
    assessment = tmp_path / "assessment.json"
    assessment.write_text(json.dumps(body))

    checked = mien("verify", receipt, "--keys", keys, "--result", assessment)

    assert checked.returncode == 0, checked.stderr
    assert body["id"] in checked.stdout
    assert stack.get(url).content == receipt.read_bytes()
    receipt.write_bytes(receipt.read_bytes().replace(b"mien ", b"mine ", 1))
    assert mien("verify", receipt, "--url", stack.url).returncode == 1


def test_a_sandbox_receipt_says_so_and_survives_a_rotation_and_the_deletion(
    stack: Stack, sandbox: httpx.Client, tmp_path: Path
):
    body = ended(sandbox, send(sandbox, "sandbox/withheld/no_face"))
    before = saved(tmp_path, "receipt.json", sandbox.get(body["urls"]["receipt"]))
    assert mien("receipts", "rotate", "--in-s", "0", "--data", stack.data).returncode == 0
    time.sleep(0.01)

    again = sandbox.get(body["urls"]["receipt"])
    deletion = saved(tmp_path, "deletion.json", sandbox.delete(body["urls"]["self"]))

    keys = keys_of(stack, tmp_path)
    assert again.content == before.read_bytes()
    assert json.loads(before.read_bytes())["key_id"] != deletion_key(deletion)
    for receipt in (before, deletion):
        checked = mien("verify", receipt, "--keys", keys)
        assert checked.returncode == 0, checked.stderr
        assert "SANDBOX" in checked.stdout


def deletion_key(path: Path) -> Any:
    return json.loads(path.read_bytes())["key_id"]


def test_feedback_comes_back_is_counted_and_goes_with_its_assessment(
    stack: Stack, short_face: Path
):
    body = stack.assess(short_face)
    path = f"{body['urls']['self']}/feedback"

    with stack.client() as api:
        assert api.post(path, json=BDI).status_code == 201
        [kept] = api.get(path).json()["data"]
        counted = mien("agreement", "--data", stack.data, "--json", "--within-days", "36500")
        receipt = api.delete(body["urls"]["self"]).json()

    reported = body["result"]["severity"] or []
    assert [one["point"] for one in kept["reported"]] == [one["point"] for one in reported]
    figures = json.loads(counted.stdout)
    pairs = sum(one["n"] for one in figures["agreements"])
    assert pairs + figures["without_estimate"] >= max(1, len(reported))
    assert "feedback" in [one["class"] for one in receipt["erased"]]
    assert not list((stack.data / "feedback").glob(f"{body['id']}.*"))
