"""Every reference of the sandbox, through the real runner and, where it takes one, the sweeper."""

import re
from pathlib import Path
from typing import Any

import pytest

from assessment.assessment import Outcome, Stage, Status
from assessment.gates import UNSEEN_NOTICE
from assessment.request import DEFAULT_MODELS, Analysis, Sampling
from assessment.sandbox import Fate, references
from tests.conftest import Watch
from tests.samples import all_manifests
from tests.unit.worker.sandbox_house import LIVE, House
from worker.sandboxed import SLOW_S

MANUAL = Path(__file__).resolve().parents[3] / "docs" / "sandbox.md"
ROW = re.compile(r"^\| `(sandbox/[^`]+)` \| ([^|]+) \|", re.MULTILINE)


def the_table() -> dict[str, tuple[str, ...]]:
    """Return the words of the second column, by reference."""
    rows = ROW.findall(MANUAL.read_text())
    return {reference: tuple(re.findall(r"`(\w+)`", ends)) for reference, ends in rows}


@pytest.fixture
def stage(tmp_path: Path, watch: Watch) -> House:
    return House(tmp_path, watch)


def test_the_table_of_the_manual_has_every_reference_that_the_code_knows() -> None:
    assert set(the_table()) == set(references())


@pytest.mark.parametrize("reference", sorted(set(the_table()) - {"sandbox/never"}))
def test_every_reference_ends_as_the_manual_says(stage: House, reference: str) -> None:
    ended = stage.play(reference)

    status, said = the_table()[reference]
    assert ended.status == status
    assert (ended.outcome or ended.fault) == said
    assert not {"video", "measurement.json"} & stage.names(ended)
    assert len(stage.records.outbox.events) == 1
    assert stage.live_measured == 0


@pytest.mark.parametrize(
    "reference", [one for one, script in references().items() if script.fate is Fate.WITHHELD]
)
@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"analyses": tuple(Analysis), "models": sum(DEFAULT_MODELS.values(), ())},
        {"analyses": (Analysis.EXPRESSION,), "models": ("expression_scn",)},
        {"sampling": Sampling(every_ms=60_000)},
        {"sampling": Sampling(every_ms=None, every_n_frames=1)},
    ],
    ids=["usual", "everything", "one analysis", "rarely", "every frame"],
)
def test_a_withheld_reason_is_the_only_one_whatever_else_is_asked(
    stage: House, reference: str, asked: dict[str, Any]
) -> None:
    ended = stage.play(reference, **asked)

    codes = {one["code"] for one in stage.result(ended)["withheld"]}
    assert ended.outcome is Outcome.WITHHELD
    assert codes == {reference.rpartition("/")[2]}


@pytest.mark.parametrize("reference", ["sandbox/reported", "visit 12", None])
@pytest.mark.parametrize("every_ms", [20, 400, 60_000])
def test_every_network_that_was_asked_answers_and_the_ledger_balances(
    stage: House, reference: str | None, every_ms: int
) -> None:
    served = all_manifests()
    models = tuple(name for name, one in served.items() if one.task in tuple(Analysis))

    ended = stage.play(
        reference, analyses=tuple(Analysis), models=models, sampling=Sampling(every_ms=every_ms)
    )

    result = stage.result(ended)
    spoke = {one["model"] for one in (*result["severity"], *result["micro_expressions"])}
    spoke |= {one["model"] for one in (result["expression"], *result["more_expressions"])}
    frames = result["quality"]["frames"]
    assert result["withheld"] == []
    assert spoke == set(models)
    assert frames["sampled"] == frames["used"] + sum(frames["rejected"].values())
    assert result["timeline_rows"] == frames["sampled"]


def test_a_result_says_that_it_is_of_the_sandbox(stage: House) -> None:
    result = stage.result(stage.play("sandbox/reported"))

    assert result["sandbox"] is True
    assert result["provenance"]["sandbox"] is True
    assert result["notices"][0].startswith("Sandbox: nothing was measured.")


def test_the_same_reference_gives_the_same_numbers_and_another_one_others(
    tmp_path: Path, watch: Watch
) -> None:
    def severity(reference: str, folder: str) -> Any:
        one = House(tmp_path / folder, watch)
        return one.result(one.play(reference))["severity"]

    assert severity("visit 12", "a") == severity("visit 12", "b")
    assert severity("visit 12", "a2") != severity("visit 13", "c")


def test_a_reference_that_was_meant_for_the_sandbox_and_is_none_is_told(stage: House) -> None:
    result = stage.result(stage.play("sandbox/withheld/noface"))

    assert any("begins like one of the sandbox" in notice for notice in result["notices"])


def test_a_slow_one_takes_ten_seconds_and_its_progress_grows(stage: House) -> None:
    ended = stage.play("sandbox/slow")

    assert ended.outcome is Outcome.REPORTED
    assert stage.paused_s == pytest.approx(SLOW_S)
    assert stage.percents == sorted(set(stage.percents))
    assert (stage.percents[0], stage.percents[-1]) == (5, 85)


def test_one_that_never_ends_is_ended_by_whoever_cancels_it(stage: House) -> None:
    stage.cancel_after_s = 20

    ended = stage.play("sandbox/never")

    assert ended.status is Status.CANCELED
    assert ended.progress.stage is Stage.DONE
    assert stage.paused_s == pytest.approx(20.5)
    assert stage.names(ended) == {"request.json"}


def test_one_that_is_forgotten_ends_after_an_hour(stage: House) -> None:
    ended = stage.play("sandbox/never")

    assert (ended.status, ended.fault) == (Status.FAILED, "attempt_timeout")
    assert stage.paused_s == pytest.approx(3600)


def test_a_crash_is_found_by_the_sweeper_without_waiting_for_a_lease(stage: House) -> None:
    ended = stage.play("sandbox/crash")

    assert (ended.fault, ended.attempt, ended.crashes) == ("worker_crashed", 3, 3)


@pytest.mark.parametrize("reference", sorted(references()))
def test_to_a_live_tenant_the_references_mean_nothing(stage: House, reference: str) -> None:
    ended = stage.play(reference, LIVE)

    # What the live measuring does in this test: break.
    assert (ended.status, ended.fault, ended.attempt) == (Status.FAILED, "internal_error", 1)
    assert stage.live_measured == 1
    assert stage.paused_s == 0


def test_a_recording_of_which_frames_were_looked_at_is_not_called_unopened(
    tmp_path: Path, watch: Watch
) -> None:
    """Also where the network of the only analysis is not built: then nothing scored the frames."""
    reference = "sandbox/withheld/frame_rate_too_low"
    house = House(tmp_path, watch)
    served = {name: one for name, one in all_manifests().items() if name != "micro_expression"}
    waiting = house.send(reference)

    house.runner(served).run(waiting.id)

    result = house.result(house.records.get(waiting.id))
    assert result["withheld"][0]["code"] == "frame_rate_too_low"
    assert result["quality"]["frames"]["sampled"] > 0
    assert UNSEEN_NOTICE not in result["notices"]
