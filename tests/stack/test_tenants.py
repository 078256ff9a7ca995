"""Other tenants' ids on every route, at the size of a small hospital group."""

import subprocess
import sys

import pytest

from tests.stack.conftest import PROJECT

pytestmark = [pytest.mark.stack, pytest.mark.slow]


@pytest.mark.timeout(900)
def test_nothing_of_twenty_tenants_is_given_away():
    command = [sys.executable, "-m", "tests.foreign_keys"]
    size = ["--tenants", "20", "--assessments", "1000"]

    ran = subprocess.run(
        [*command, *size], cwd=PROJECT, capture_output=True, text=True, timeout=880
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1000 assessments of 20 tenants" in ran.stdout
