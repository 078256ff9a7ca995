"""A run's folder: it goes on bit for bit, and says what is wrong with it in one sentence."""

import csv
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.training.small import SmallLearner, same, some_examples, some_knobs, weights_of
from training.checkpoint import differences, read_checkpoint
from training.faults import CheckpointForeign, CheckpointUnreadable
from training.history import History
from training.knobs import Knobs
from training.loop import fit

TRAIN, DEVELOPMENT = some_examples(40, noise=4.0), some_examples(16, seed=1, noise=4.0)
STEPS = 4 * 5  # epochs, and whole batches in each


class Killed(Exception):
    """The run ends here, as if it had never known."""


def killed_after(steps: int):
    left = steps

    def report(stage: str, done: int, total: int) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise Killed

    return report


def run(folder: Path | None, steps: int = 0, knobs: Knobs | None = None):
    learner = SmallLearner()
    report = killed_after(steps)
    history = fit(learner, TRAIN, DEVELOPMENT, knobs or some_knobs(), folder, report)
    return history, weights_of(learner.network)


@pytest.fixture(scope="module")
def unbroken():
    return run(None)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(kills=st.lists(st.integers(1, STEPS - 1), min_size=1, max_size=3), every=st.integers(0, 3))
def test_a_run_that_is_killed_at_any_steps_ends_as_the_unbroken_one(
    kills: list[int],
    every: int,
    unbroken: tuple[History, dict[str, torch.Tensor]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    # given
    folder = tmp_path_factory.mktemp("run")
    knobs = some_knobs(checkpoint_every_steps=every)

    # when
    for steps in kills:
        try:
            run(folder, steps, knobs)
        except Killed:
            continue
    history, weights = run(folder, knobs=knobs)

    # then
    assert history == unbroken[0]
    assert same(weights, unbroken[1])


def test_the_log_has_one_row_an_epoch_however_often_the_run_was_killed(tmp_path: Path) -> None:
    # given
    for steps in (7, 4, 6):
        with pytest.raises(Killed):
            run(tmp_path, steps)

    # when
    history, _ = run(tmp_path)

    # then
    with (tmp_path / "log.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [int(row["epoch"]) for row in rows] == [1, 2, 3, 4]
    assert [float(row["rmse"]) for row in rows] == [r.development for r in history.records]
    assert [row["best"] for row in rows].index("1") == history.best_epoch
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")


def test_a_finished_run_is_not_run_again(tmp_path: Path) -> None:
    # given
    history, weights = run(tmp_path)

    # when a step would raise
    again, kept = run(tmp_path, steps=1)

    # then
    assert again == history
    assert same(kept, weights)


def test_a_kill_between_the_two_files_loses_nothing(
    tmp_path: Path, unbroken: tuple[History, dict[str, torch.Tensor]]
) -> None:
    # given a run killed at the end of its first epoch, before best.pt was written
    with pytest.raises(Killed):
        run(tmp_path, 6, some_knobs(checkpoint_every_steps=0))
    (tmp_path / "best.pt").unlink()

    # when
    history, weights = run(tmp_path, knobs=some_knobs(checkpoint_every_steps=0))

    # then
    assert history == unbroken[0]
    assert same(weights, unbroken[1])


def test_what_a_kill_left_half_written_is_removed(tmp_path: Path) -> None:
    # given
    left = tmp_path / ".checkpoint.pt.abcd1234"
    left.write_bytes(b"half")

    # when
    run(tmp_path)

    # then
    assert not left.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "best.pt",
        "checkpoint.pt",
        "curve.png",
        "log.csv",
    ]


def test_other_knobs_are_named_with_both_values(tmp_path: Path) -> None:
    # given
    run(tmp_path)

    # when / then
    with pytest.raises(CheckpointForeign, match=r"knobs\.rate is 0\.01 there and 0\.02 here"):
        run(tmp_path, knobs=some_knobs(rate=0.02))


def test_how_often_to_save_may_change(tmp_path: Path) -> None:
    # given
    with pytest.raises(Killed):
        run(tmp_path, 7)

    # when
    history, _ = run(tmp_path, knobs=some_knobs(checkpoint_every_steps=1))

    # then
    assert len(history.records) == 4


def test_another_architecture_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    # given
    run(tmp_path)
    before = (tmp_path / "checkpoint.pt").read_bytes()

    # when / then
    with pytest.raises(CheckpointForeign, match=r"config\.hidden is 8 there and 9 here"):
        fit(SmallLearner(hidden=9), TRAIN, DEVELOPMENT, some_knobs(), tmp_path)
    assert (tmp_path / "checkpoint.pt").read_bytes() == before


def test_other_data_is_refused(tmp_path: Path) -> None:
    # given
    run(tmp_path)

    # when / then
    with pytest.raises(CheckpointForeign, match=r"data\.train is '40 rows.* there and '40 rows"):
        fit(SmallLearner(), some_examples(40, seed=9), DEVELOPMENT, some_knobs(), tmp_path)


@pytest.mark.parametrize("damage", ["cut", "flipped", "text", "empty", "other"])
def test_a_damaged_checkpoint_is_one_clear_error(tmp_path: Path, damage: str) -> None:
    # given
    with pytest.raises(Killed):
        run(tmp_path, 7)
    path = tmp_path / "checkpoint.pt"
    content = bytearray(path.read_bytes())
    if damage == "flipped":  # a bit of a tensor, which no unpickler would notice
        at = content.find(
            torch.load(path, weights_only=True)["weights"]["last.bias"].numpy().tobytes()
        )
        content[at] ^= 1
    elif damage == "other":
        torch.save({"weights": 1}, path)
        content = bytearray(path.read_bytes())
    else:
        content = {"cut": content[:-200], "text": bytearray(b"hello"), "empty": bytearray()}[damage]
    path.write_bytes(content)

    # when / then
    with pytest.raises(CheckpointUnreadable, match=r"checkpoint\.pt is damaged"):
        run(tmp_path)


def test_a_checkpoint_without_its_best_weights_is_one_clear_error(tmp_path: Path) -> None:
    # given a run in the middle of its second epoch
    with pytest.raises(Killed):
        run(tmp_path, 7)
    (tmp_path / "best.pt").unlink()

    # when / then
    with pytest.raises(CheckpointUnreadable, match=r"best\.pt is not the best epoch's"):
        run(tmp_path)


def test_a_checkpoint_that_would_run_code_is_not_unpickled(tmp_path: Path) -> None:
    # given
    class Evil:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "ran",))

    path = tmp_path / "checkpoint.pt"
    torch.save({"format": 1, "weights": Evil()}, path)

    # when / then
    with pytest.raises(CheckpointUnreadable):
        read_checkpoint(path)
    assert not (tmp_path / "ran").exists()


def test_lists_and_tuples_are_the_same_and_a_missing_value_is_not() -> None:
    # given
    saved, here = {"a": (1, 2), "b": {"c": 1}}, {"a": [1, 2], "b": {}}

    # when / then
    assert differences(saved, here) == ["b.c is 1 there and 'absent' here"]
