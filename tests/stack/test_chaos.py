"""The kill test in small, and its negative control: without the sweeper it must find losses."""

import re
import subprocess
import sys

import pytest

from tests.stack.conftest import PROJECT

pytestmark = [pytest.mark.stack, pytest.mark.slow]

LIMIT_S = 1500.0


def chaos(*options: str) -> tuple[int, dict[str, float]]:
    """Run the command and return its exit status and its numbers by name."""
    command = [sys.executable, "-m", "tests.chaos", *options]
    ran = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=LIMIT_S)
    found = re.findall(r"^([a-z][a-z0-9 ]*?) +([0-9.]+)$", ran.stdout, re.MULTILINE)
    assert found, ran.stdout + ran.stderr
    return ran.returncode, {name: float(value) for name, value in found}


@pytest.mark.timeout(LIMIT_S)
def test_nothing_is_lost_or_doubled_while_every_kind_of_process_is_killed():
    status, numbers = chaos("--assessments", "40", "--kills", "16", "--seed", "1")

    assert status == 0, numbers
    assert numbers["accepted"] == 40
    assert numbers["succeeded"] + numbers["failed by a kill"] == 40


@pytest.mark.timeout(LIMIT_S)
def test_the_harness_notices_when_nothing_is_taken_back_from_the_dead():
    # given no sweeper, which alone takes back what a dead worker held
    status, numbers = chaos(
        "--assessments", "12", "--kills", "10", "--seed", "2",
        "--without", "sweeper", "--patience-s", "45",
    )  # fmt: skip

    # then
    assert status == 1
    assert numbers["stuck"] > 0
