"""The training loop: it learns, chooses on the development set alone, and stops when it should."""

import logging

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.unit.training.small import SmallLearner, same, some_examples, some_knobs, weights_of
from training.examples import Batch, Examples
from training.faults import Diverged, TooFewExamples
from training.history import EpochRecord, History, Measure
from training.loop import fit, predict_all


def test_the_error_on_unseen_rows_falls() -> None:
    # given
    train, development = some_examples(64), some_examples(32, seed=1)
    learner = SmallLearner()

    # when
    history = fit(learner, train, development, some_knobs(epochs=30))

    # then
    first, best = history.records[0].development, history.best
    assert first is not None
    assert best is not None
    assert best < 0.5 * first
    predicted = predict_all(learner, development)
    assert np.sqrt(np.mean((predicted - development.labels) ** 2)) == pytest.approx(best, rel=1e-6)


def test_the_best_epoch_is_chosen_on_the_development_set_and_its_weights_are_kept() -> None:
    # given a development set that contradicts the training set, so that learning makes it worse
    train, other = some_examples(64), some_examples(32, seed=1)
    against = Examples(
        other.inputs, np.float32(63.0) - other.labels.astype(np.float32), other.persons, other.units
    )
    short, long = SmallLearner(), SmallLearner()

    # when
    history = fit(long, train, against, some_knobs(epochs=6, schedule="constant"))
    best = history.best_epoch
    fit(short, train, None, some_knobs(epochs=best + 1, schedule="constant"))

    # then
    assert best < 5
    assert history.best == min(record.development or 0.0 for record in history.records)
    assert same(weights_of(long.network), weights_of(short.network))


def test_training_stops_when_the_development_set_gets_no_better_for_the_patience() -> None:
    # given
    train, other = some_examples(64), some_examples(32, seed=1)
    against = Examples(
        other.inputs, np.float32(63.0) - other.labels.astype(np.float32), other.persons, other.units
    )

    # when
    history = fit(SmallLearner(), train, against, some_knobs(epochs=50, patience=3))

    # then
    assert len(history.records) == history.best_epoch + 1 + 3 < 50


def test_a_falling_training_loss_alone_keeps_nothing_going() -> None:
    # given losses that fall for ever, and a development set that was best in the first epoch
    records = tuple(EpochRecord(n, 1.0 / (n + 1), 10.0 + n, 1e-3) for n in range(4))

    # when
    history = History(Measure.RMSE, records)

    # then
    assert history.best_epoch == 0
    assert history.finished(epochs=100, patience=3)
    assert not history.finished(epochs=100, patience=0)


def test_classes_are_chosen_by_accuracy_and_the_first_of_equals_wins() -> None:
    # given
    accuracies = (0.5, 0.8, 0.8, 0.7)
    records = tuple(EpochRecord(n, 1.0, value, 1e-3) for n, value in enumerate(accuracies))

    # when / then
    assert History(Measure.ACCURACY, records).best_epoch == 1


def test_two_runs_from_one_seed_are_the_same_bit_for_bit_and_another_seed_is_not() -> None:
    # given
    train = some_examples(40)

    # when
    ran: list[dict[str, Tensor]] = []
    for seed in (1, 1, 2):
        learner = SmallLearner()
        torch.manual_seed(seed * 77)  # what the caller drew before does not matter
        fit(learner, train, None, some_knobs(seed=seed))
        ran.append(weights_of(learner.network))

    # then
    assert same(ran[0], ran[1])
    assert not same(ran[0], ran[2])


def test_the_callers_random_state_and_determinism_are_left_as_they_were() -> None:
    # given
    torch.manual_seed(5)
    before = torch.get_rng_state()
    learner = SmallLearner(seed=5)
    state = torch.get_rng_state()

    # when
    fit(learner, some_examples(16), None, some_knobs(epochs=1))

    # then
    assert torch.equal(torch.get_rng_state(), state)
    assert not torch.equal(before, state)
    assert not torch.are_deterministic_algorithms_enabled()


def test_every_step_is_reported_and_the_learner_knows_the_epoch() -> None:
    # given
    learner, seen = SmallLearner(), list[tuple[str, int, int]]()

    # when
    fit(
        learner,
        some_examples(20),
        None,
        some_knobs(epochs=2),
        report=lambda stage, done, total: seen.append((stage, done, total)),
    )

    # then two whole batches of 8 in each epoch; four rows sit out
    assert seen == [(f"epoch {epoch} of 2", step, 2) for epoch in (1, 2) for step in (1, 2)]
    assert learner.epochs_seen == [0, 0, 1, 1]


def test_a_loss_that_is_no_number_stops_the_run_with_the_place() -> None:
    # given
    class Exploding(SmallLearner):
        def loss(self, batch: Batch, epoch: int) -> Tensor:
            return super().loss(batch, epoch) * (float("inf") if epoch == 1 else 1.0)

    # when / then
    with pytest.raises(Diverged, match="epoch 2, step 1 is inf"):
        fit(Exploding(), some_examples(16), None, some_knobs())


def test_a_single_row_is_too_few() -> None:
    # given / when / then
    with pytest.raises(TooFewExamples, match="1 rows in batches of 8"):
        fit(SmallLearner(), some_examples(1), None, some_knobs())


def test_a_gradient_is_clipped_to_the_norm() -> None:
    # given one step of plain SGD, whose change is rate times gradient
    knobs = some_knobs(
        epochs=1, batch=16, optimiser="sgd", momentum=0.0, weight_decay=0.0, clip_norm=1e-3
    )
    learner = SmallLearner()
    before = [parameter.detach().clone() for parameter in learner.network.parameters()]

    # when
    fit(learner, some_examples(16), None, knobs)

    # then
    after = learner.network.parameters()
    moved = torch.cat([(b - a).flatten() for a, b in zip(before, after, strict=True)])
    assert moved.norm().item() == pytest.approx(1e-2 * 1e-3, rel=1e-3)


def test_the_trunk_has_a_rate_of_its_own() -> None:
    # given
    learner = SmallLearner()
    before = weights_of(learner.network)

    # when
    fit(learner, some_examples(16), None, some_knobs(epochs=1, trunk_rate=0.0))

    # then
    after = weights_of(learner.network)
    assert torch.equal(before["trunk.0.weight"], after["trunk.0.weight"])
    assert not torch.equal(before["last.weight"], after["last.weight"])


def test_measured_statistics_are_those_of_the_training_rows() -> None:
    # given
    train, learner = some_examples(32), SmallLearner()

    # when every batch of the epoch is measured with the final weights
    fit(learner, train, None, some_knobs(epochs=1, statistics_batches=4))

    # then
    values = torch.from_numpy(train.inputs["values"])
    hidden = learner.network.trunk[0](values)
    running = learner.network.trunk[1].get_buffer("running_mean")
    assert torch.allclose(running, hidden.mean(dim=0), atol=1e-5)


def test_nothing_is_printed(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    # given / when
    with caplog.at_level(logging.INFO):
        fit(SmallLearner(), some_examples(16), None, some_knobs(epochs=1))

    # then
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


def test_half_precision_learns_too() -> None:
    # given
    learner, train = SmallLearner(), some_examples(64)

    # when
    history = fit(learner, train, train, some_knobs(epochs=10, precision="bf16-mixed"))

    # then
    assert history.records[-1].loss < 0.5 * history.records[0].loss
    assert all(value.dtype == torch.float32 for value in learner.network.parameters())
