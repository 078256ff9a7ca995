"""Redis without its append-only file: warned of in research, refused in production."""

import logging

import pytest

from assessment.faults import Misconfigured
from assessment.production import of_the_store, weigh


def test_production_refuses_a_redis_that_forgets():
    with pytest.raises(Misconfigured, match="appendonly yes"):
        weigh(of_the_store(keeps_writes=False), binding=True)


def test_research_warns_of_it(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.WARNING):
        weigh(of_the_store(keeps_writes=False), binding=False)

    assert "appendonly yes" in caplog.text


@pytest.mark.parametrize("keeps_writes", [True, None])
def test_a_redis_that_keeps_or_does_not_say_passes(
    keeps_writes: bool | None, caplog: pytest.LogCaptureFixture
):
    weigh(of_the_store(keeps_writes=keeps_writes), binding=True)
    weigh(of_the_store(keeps_writes=keeps_writes), binding=False)

    assert caplog.text == ""
