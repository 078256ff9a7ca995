"""Schemathesis against the running stack, with a key of the sandbox."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stack.conftest import PROJECT, Stack

pytestmark = pytest.mark.stack

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


def sandbox_key(stack: Stack) -> str:
    """Return a key of a tenant of its own: the limits of others are not used up."""
    command = [sys.executable, "-m", "launch", "keys", "create", "--tenant", "fuzz", "--test"]
    scopes = [part for scope in ("create", "read", "admin") for part in ("--scope", scope)]
    made = subprocess.run(
        [*command, *scopes, "--name", "fuzz", "--data", stack.data],
        cwd=PROJECT, capture_output=True, check=True, timeout=60,
    )  # fmt: skip
    return made.stdout.decode().strip()


def fuzz(stack: Stack, folder: Path, *options: str) -> tuple[dict[str, int], str]:
    """Return the counts of cases, and what Schemathesis says."""
    key = sandbox_key(stack)
    with stack.client(key) as api:
        key_id = api.get("/v1/keys").json()["data"][0]["id"]
    program = Path(sys.executable).with_name("schemathesis")
    report = folder / "report.json"
    done = subprocess.run(
        [
            *(program, "--config-file", CONFIGURATION, "run", f"{stack.url}/openapi.json"),
            *("-H", f"Authorization: Bearer {key}", "--checks", "all"),
            *("--continue-on-failure", "--suppress-health-check", "all"),
            *("--report", "json", "--report-json-path", report, *options),
        ],
        cwd=folder,
        env={
            "PYTHONPATH": str(PROJECT),
            "PATH": os.environ["PATH"],  # noqa: TID251
            "SCHEMATHESIS_HOOKS": "tests.stack.contract_hooks",
            "FUZZ_KEY_ID": key_id,
        },
        capture_output=True,
        timeout=1200,
    )
    said = done.stdout.decode()
    return json.loads(report.read_text())["test_cases"], said


def holds(counts: dict[str, int], said: str) -> None:
    print(f"{counts['generated']} cases, {counts['unique_failures']} failures")  # noqa: T201  what it is run for
    assert counts["unique_failures"] == 0, said[-6000:]
    assert counts["errored"] == 0, said[-6000:]
    assert counts["generated"] >= 2000


@pytest.mark.timeout(400)
def test_no_listed_case_breaks_the_contract(stack: Stack, tmp_path: Path) -> None:
    holds(*fuzz(stack, tmp_path, "--phases", "examples,coverage", "--seed", "20261122"))


@pytest.mark.slow
@pytest.mark.timeout(1300)
def test_no_drawn_case_breaks_the_contract(stack: Stack, tmp_path: Path) -> None:
    holds(*fuzz(stack, tmp_path, "--max-examples", "30"))
