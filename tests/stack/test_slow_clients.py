"""A thousand connections that only keep the service busy: `python -m tests.hostile_clients`."""

import subprocess
import sys

import pytest

from tests.stack.conftest import PROJECT

pytestmark = [pytest.mark.stack, pytest.mark.slow]


@pytest.mark.timeout(150)
def test_slow_clients_are_closed_and_a_normal_one_notices_nothing():
    command = [sys.executable, "-m", "tests.hostile_clients", "--sockets", "200"]

    ran = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=140)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.count("200 of 200 closed") == 5
