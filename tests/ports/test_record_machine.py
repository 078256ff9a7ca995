"""The machine of `record_machine` on both stores: briefly, and at length where there is time."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.conftest import Watch
from tests.ports.record_machine import Assessments
from tests.ports.worlds import MemoryStore, RedisStore, Store

BRIEF = settings(
    max_examples=20, stateful_step_count=15, deadline=None, database=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip
LONG = settings(BRIEF, max_examples=150, stateful_step_count=40, derandomize=False, print_blob=True)


@pytest.fixture(params=["memory", "redis"])
def open_store(request: pytest.FixtureRequest) -> Callable[[Watch], Store]:
    if request.param == "memory":
        return MemoryStore
    url: str = request.getfixturevalue("redis_url")
    return lambda watch: RedisStore(watch, url)


def run(open_store: Callable[[Watch], Store], profile: settings) -> None:
    machine = type("Machine", (Assessments,), {"open_store": staticmethod(open_store)})
    run_state_machine_as_test(machine, settings=profile)


def test_no_mishap_loses_or_doubles_an_assessment(open_store: Callable[[Watch], Store]) -> None:
    in_memory = open_store is MemoryStore
    run(open_store, BRIEF if in_memory else settings(BRIEF, max_examples=10))


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_no_mishap_does_so_in_150_lives_of_40_steps(
    open_store: Callable[[Watch], Store],
) -> None:
    run(open_store, LONG)
