"""A canary beside the stable version: who scores what, while it is fit and while it is not."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from assessment.aggregation import Aggregator
from assessment.assessment import AssessmentId
from assessment.faults import ModelContract
from assessment.fitness import Unfit
from assessment.manifest_seal import sealed
from assessment.measurement import Measurement
from assessment.repository import Repository
from assessment.serving import Serving
from assessment.serving_file import SERVING, write_serving
from tests.samples import a_manifest, a_measurement, an_id
from tests.unit.assessment.test_serving import IDS, build
from worker.guard import Guard, Load
from worker.lanes import Lane, Lanes
from worker.way import Way

HALF = Serving("1").begin("2", 0.5)


@dataclass
class Served:
    """A Triton that has every version of a repository loaded."""

    repository: Repository

    def check(self) -> Mapping[str, str]:
        return {name: one.sha256 for name, one in self.repository.sound.items()}

    def load(self, network: str) -> Load:
        return Load("onnxruntime_onnx", (self.repository.sound[network].version,), 0)


@dataclass
class World:
    """Lanes over a folder, with an examiner that does as told."""

    folder: Path
    drifting: set[str] = field(default_factory=set)
    built: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lanes = Lanes(self.folder, self.build)

    def build(self, repository: Repository) -> Lane:
        version = repository.sound["hmhn"].version if repository.sound else "none"
        self.built.append(version)

        def examine(network: str, _engine: str) -> Unfit | None:
            drifts = version in self.drifting
            return Unfit(network, "golden_drift", "expected 1, got 2") if drifts else None

        guard = Guard(repository, Served(repository), examine, every_s=60, clock=lambda: 0.0)
        aggregate = Aggregator(repository.sound, production=False, software=version)
        return Lane(repository, guard, Way(_unasked, aggregate))

    def version_of(self, assessment_id: AssessmentId, **measured_by: str) -> str:
        return self.lanes.way_for(assessment_id, measured_by).aggregate.software

    def decide(self, serving: Serving) -> None:
        write_serving(self.folder / "hmhn", serving)


def _unasked(*_: object) -> Measurement:
    return a_measurement()


@pytest.fixture
def world(tmp_path: Path) -> World:
    build(tmp_path, "1")
    one = World(tmp_path)
    build(tmp_path, "2")
    one.lanes.look()
    return one


def test_a_version_that_is_merely_there_scores_nothing_until_somebody_decides(world: World):
    assert {world.version_of(one) for one in IDS[:50]} == {"1"}
    assert world.built == ["1"]


def test_a_canary_takes_its_share_once_it_was_examined(world: World):
    # given
    world.decide(HALF)

    # then until it was looked at, the stable version takes all
    assert {world.version_of(one) for one in IDS[:50]} == {"1"}

    # when
    found = world.lanes.look()

    # then
    for one in IDS[:50]:
        assert world.version_of(one) == HALF.version_for(one, "hmhn")
    assert found.unfit == ()


def test_a_canary_that_is_not_fit_leaves_everything_to_the_stable_version(world: World, caplog):
    world.drifting.add("2")
    world.decide(HALF)

    found = world.lanes.look()

    assert {world.version_of(one) for one in IDS[:50]} == {"1"}
    assert (found.unfit, world.lanes.wait(0.0)) == ((), True)
    assert "expected 1, got 2" in caplog.text


def test_a_roll_back_after_a_promotion_needs_no_restart_and_no_examination(world: World):
    # given a canary that became the stable version
    world.decide(HALF)
    world.lanes.look()
    world.decide(HALF.promote())
    world.lanes.look()
    assert {world.version_of(one) for one in IDS[:50]} == {"2"}

    # when
    world.decide(HALF.promote().roll_back())

    # then
    assert {world.version_of(one) for one in IDS[:50]} == {"1"}
    assert world.lanes.wait(0.0)
    assert world.built == ["1", "2"]


def test_a_stable_version_that_is_not_fit_closes_the_worker(world: World):
    world.drifting.add("2")
    world.decide(Serving("2", before="1"))

    found = world.lanes.look()

    assert not world.lanes.wait(0.0)
    assert [one.network for one in found.unfit] == ["hmhn"]


def test_what_one_version_measured_is_concluded_by_the_same(world: World):
    # given an assessment that the canary measured before a roll back
    world.decide(Serving("1"))

    assert world.version_of(an_id(), hmhn="2") == "2"
    assert world.version_of(an_id(), hmhn="1") == "1"
    assert world.version_of(an_id()) == "1"


def test_what_a_version_measured_that_is_gone_is_not_concluded_by_another(world: World):
    with pytest.raises(ModelContract, match="built no more"):
        world.version_of(an_id(), hmhn="7")


def test_a_decision_that_breaks_while_running_counts_as_it_was_before(world: World, caplog):
    world.decide(HALF)
    world.lanes.look()

    (world.folder / "hmhn" / SERVING).write_text("{")

    assert world.version_of(IDS[0]) == HALF.version_for(IDS[0], "hmhn")
    assert SERVING in caplog.text


def test_a_network_that_came_later_may_go_again_with_its_decision(world: World):
    # given a network that was not there when the process began, and is decided for
    late = world.folder / "ddl_resnet50"
    manifest = late / "1" / "manifest.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text(json.dumps(sealed({**a_manifest("ddl_resnet50").document, "version": "1"})))
    write_serving(late, Serving("1"))
    world.lanes.look()

    # when its decision is taken away
    (late / SERVING).unlink()

    # then
    assert world.lanes.look().unfit == ()
    assert world.version_of(IDS[0]) == "1"
