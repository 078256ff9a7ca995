"""The guard opens for networks that are as measured, looks again at loads, and says why not."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from adapters.memory import MemoryQueue, MemoryRoster
from assessment.faults import InferenceUnavailable, Misconfigured, ModelContract
from assessment.fitness import Unfit
from assessment.repository import Repository
from tests.conftest import Watch
from tests.samples import an_id, manifests
from worker.doorkeeper import Doorkeeper
from worker.guard import Guard, Load
from worker.presence import Presence

DRIFT = Unfit("hmhn", "golden_drift", "expected 20, got 25", 20.0, 25.0, 0.05)


@dataclass
class World:
    """A Triton, an examiner and a clock that do as told."""

    refused: Mapping[str, Unfit] = field(default_factory=dict)
    loads: dict[str, Load] = field(default_factory=dict)
    drifts: dict[str, Unfit] = field(default_factory=dict)
    fault: Exception | None = None
    now_s: float = 0.0
    examined: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.loads |= {name: Load("onnxruntime_onnx", ("1",), 0) for name in manifests()}
        repository = Repository(Path("nowhere"), manifests(), self.refused)
        self.guard = Guard(repository, self, self.examine, every_s=1800, clock=lambda: self.now_s)

    def check(self) -> Mapping[str, str]:
        if self.fault is not None:
            raise self.fault
        return {name: one.sha256 for name, one in manifests().items()}

    def load(self, network: str) -> Load:
        return self.loads[network]

    def examine(self, network: str, engine: str) -> Unfit | None:
        assert engine == self.loads[network].engine
        self.examined.append(network)
        return self.drifts.get(network)

    def score(self, rows: int = 5) -> None:
        self.loads = {n: replace(one, scored=one.scored + rows) for n, one in self.loads.items()}


def test_a_worker_is_closed_until_every_network_was_examined() -> None:
    world = World()
    assert not world.guard.open.is_set()

    found = world.guard.look()

    assert world.guard.open.is_set()
    assert set(found.models) == set(manifests()) == set(world.examined)
    assert found.unfit == ()


def test_what_was_examined_is_not_examined_at_every_look() -> None:
    world = World()
    for _ in range(5):
        world.guard.look()
        world.score()

    assert len(world.examined) == 3


def test_one_network_that_drifts_closes_the_worker_and_leaves_the_others_signed_in() -> None:
    world = World(drifts={"hmhn": DRIFT})

    found = world.guard.look()

    assert not world.guard.open.is_set()
    assert set(found.models) == {"ddl_resnet50", "expression"}
    assert found.unfit == (DRIFT,)


@pytest.mark.parametrize(
    "change",
    [{"scored": 0}, {"versions": ("1", "2")}, {"engine": "tensorrt_plan"}],
    ids=["its count began anew", "a version was added", "another engine"],
)
def test_a_network_that_was_loaded_anew_is_examined_again(change: dict[str, object]) -> None:
    world = World()
    world.guard.look()
    world.score()
    world.guard.look()
    world.examined.clear()
    world.loads["hmhn"] = replace(world.loads["hmhn"], **change)
    world.drifts["hmhn"] = DRIFT

    world.guard.look()

    assert world.examined == ["hmhn"]
    assert not world.guard.open.is_set()


def test_a_network_that_is_loaded_anew_and_right_again_opens_the_worker() -> None:
    world = World(drifts={"hmhn": DRIFT})
    world.guard.look()
    world.score()
    world.guard.look()
    assert not world.guard.open.is_set()

    world.drifts.clear()
    world.loads["hmhn"] = replace(world.loads["hmhn"], versions=("1", "2"))
    world.guard.look()

    assert world.guard.open.is_set()


def test_a_look_that_breaks_closes_the_worker_until_one_does_not() -> None:
    world = World()
    world.guard.look()

    world.fault = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        world.guard.look()
    assert not world.guard.open.is_set()

    world.fault = None
    world.guard.look()
    assert world.guard.open.is_set()


def test_a_network_that_is_unfit_is_examined_again_within_a_minute_and_no_other_is() -> None:
    world = World(drifts={"hmhn": DRIFT})
    world.guard.look()
    world.examined.clear()
    world.drifts.clear()

    world.now_s += 59
    world.guard.look()
    assert world.examined == []
    world.now_s += 1
    world.guard.look()

    assert world.examined == ["hmhn"]
    assert world.guard.open.is_set()


def test_time_alone_brings_another_examination() -> None:
    world = World()
    world.guard.look()
    world.now_s = 1801.0
    world.drifts["hmhn"] = DRIFT

    assert world.guard.look().unfit == (DRIFT,)


def test_while_triton_is_away_the_worker_is_closed_and_afterwards_as_before() -> None:
    world = World()
    world.guard.look()
    world.fault = InferenceUnavailable("away")

    assert world.guard.look().models == {}
    assert not world.guard.open.is_set()

    world.fault = None
    world.guard.look()
    assert world.guard.open.is_set()
    assert len(world.examined) == 3


@pytest.mark.parametrize("fault", [ModelContract("hmhn serves"), Misconfigured("no detector")])
def test_what_a_person_must_mend_is_said_and_looked_at_again_after_a_while(
    fault: Exception,
) -> None:
    world = World(fault=fault)

    (reason,) = world.guard.look().unfit
    assert reason.detail == str(fault)
    assert not world.guard.open.is_set()

    world.fault = None
    assert world.guard.look().unfit == (reason,)
    world.now_s = 11.0
    assert world.guard.look().unfit == ()


def test_a_refused_manifest_keeps_the_worker_closed_and_triton_is_not_asked(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tampered = Unfit("hmhn", "manifest_tampered", "the manifest is not as it was")

    with caplog.at_level(logging.ERROR):
        world = World(refused={"hmhn": tampered}, fault=AssertionError("it was asked"))

    assert world.guard.look().unfit == (tampered,)
    assert not world.guard.open.is_set()
    assert "manifest_tampered" in caplog.text


def test_a_worker_signs_in_with_what_it_scores_with_and_why_not_with_the_rest(watch: Watch) -> None:
    roster, world = MemoryRoster(watch), World(drifts={"hmhn": DRIFT})

    presence = Presence(roster, world.guard.look)
    presence.look()
    presence.sign_in("w1")

    assert set(roster.present()["w1"]) == {"ddl_resnet50", "expression"}
    assert roster.unfit() == {"w1": (DRIFT,)}


def test_a_worker_stays_signed_in_during_a_long_look_but_not_when_it_hangs(watch: Watch) -> None:
    # given a worker that looked once, at second 0
    roster, world, now_s = MemoryRoster(watch), World(), [0.0]
    presence = Presence(roster, world.guard.look, clock=lambda: now_s[0])
    presence.sign_in("w1")
    assert not roster.present()
    presence.look()

    # when the next look takes as long as the golden clip does on a busy machine, and longer
    now_s[0] = 59.0
    presence.sign_in("w1")
    there = set(roster.present())
    watch.go_on(13)
    now_s[0] = 61.0
    presence.sign_in("w1")

    # then
    assert there == {"w1"}
    assert not roster.present()


def test_an_assessment_waits_in_the_queue_while_the_worker_is_closed() -> None:
    world, queue = World(drifts={"hmhn": DRIFT}), MemoryQueue()
    takes = Doorkeeper(world.guard.open, queue, patience_s=0.01)
    world.guard.look()

    assert not takes(an_id())
    assert queue.submitted == [an_id()]

    world.drifts.clear()
    world.now_s = 1801.0
    world.guard.look()
    assert takes(an_id())
