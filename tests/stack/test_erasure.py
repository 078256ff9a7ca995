"""kill -9 at every stage, then deletion: `python -m tests.erasure`."""

import subprocess
import sys

import pytest

from tests.stack.conftest import PROJECT

pytestmark = [pytest.mark.stack, pytest.mark.slow]


@pytest.mark.timeout(900)
def test_nothing_of_a_patient_is_left_wherever_a_process_is_killed():
    command = [sys.executable, "-m", "tests.erasure", "--rounds", "1"]

    ran = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=880)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "missed []" in ran.stdout
