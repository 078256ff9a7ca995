"""Every part is restarted gently while assessments run: nothing is lost, doubled or failed.

The whole of it, with 200 assessments, is `python -m tests.chaos.rolling`.
"""

import re
import subprocess
import sys

import pytest

from tests.stack.conftest import PROJECT

pytestmark = [pytest.mark.stack, pytest.mark.slow]

LIMIT_S = 1500.0
COUNT = 24


@pytest.mark.timeout(LIMIT_S)
def test_a_rolling_restart_of_every_part_loses_doubles_and_fails_nothing():
    # when
    command = [sys.executable, "-m", "tests.chaos.rolling"]
    ran = subprocess.run(
        [*command, "--assessments", str(COUNT), "--rounds", "1"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )

    # then
    found = re.findall(r"^([a-z][a-z0-9 ]*?) +([0-9.]+)$", ran.stdout, re.MULTILINE)
    numbers = {name: float(value) for name, value in found}
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert numbers["accepted"] == numbers["succeeded"] == COUNT
    assert ran.stdout.count("all ready again") == 7
