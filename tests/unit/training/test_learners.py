"""The learners: a finite loss, predictions in range, and what each keeps beside its network."""

import numpy as np
import pytest
import torch

from networks.attention_pooling import AttentionPoolingConfig
from networks.hmhn import HmhnConfig
from networks.serving import ServedHmhn
from training.checkpoint import learner_state, load_learner_state
from training.examples import Batch
from training.folding import FoldedHead
from training.learners import Learner, make_learner
from training.learners_classes import ScnLearner
from training.learners_clips import PoolingLearner
from training.learners_severity import HmhnLearner

ROWS = 4


def images(name: str, channels: int = 3, side: int = 32) -> Batch:
    random = torch.Generator().manual_seed(1)
    shape = (ROWS, side, side, channels)
    return {name: torch.randint(0, 256, shape, generator=random, dtype=torch.uint8)}


def labelled(batch: Batch, classes: int = 0) -> Batch:
    label = torch.arange(ROWS) % classes if classes else torch.tensor([0.0, 20.0, 40.0, 63.0])
    return {**batch, "label": label, "row": torch.tensor([7, 2, 0, 5])}


FACES = images("faces")
SETS = {"features": torch.rand(ROWS, 5, 16), "mask": torch.ones(ROWS, 5)}
MOTION = {"motion": torch.randn(ROWS, 28, 28, 3)}

CASES = [
    ("hmhn", {"heads": 2}, {}, labelled(FACES), 0),
    ("ddl_resnet50", {}, {}, labelled(FACES), 0),
    ("ddl_resnet50", {}, {"loss": "distribution"}, labelled(FACES), 0),
    ("plain_severity", {"trunk": "resnet18"}, {}, labelled(FACES), 0),
    ("attention_pooling", {"features": 16}, {}, labelled(SETS), 0),
    (
        "temporal_resnet50",
        {"trunk": "resnet18"},
        {},
        labelled({**images("appearance"), **images("temporal_map")}),
        0,
    ),
    ("plain_classes", {"outputs": 3}, {}, labelled(FACES, 3), 3),
    ("expression_scn", {"classes": 3}, {}, labelled(FACES, 3), 3),
    (
        "two_stream",
        {"trunk": "resnet18", "classes": 3},
        {},
        labelled({**FACES, **images("flow", 20)}, 3),
        3,
    ),
    ("micro_expression", {}, {}, labelled(MOTION, 3), 3),
    ("micro_expression", {}, {"architecture": "flow_resnet18"}, labelled(MOTION, 3), 3),
]


@pytest.mark.parametrize(("name", "config", "options", "batch", "classes"), CASES)
def test_a_learner_has_a_loss_with_gradients_and_predictions_in_range(
    name: str,
    config: dict[str, object],
    options: dict[str, object],
    batch: Batch,
    classes: int,
) -> None:
    # given
    torch.manual_seed(0)
    learner: Learner = make_learner(name, config, options)
    assert isinstance(learner, torch.nn.Module)

    # when
    loss = learner.train().loss(batch, 0)
    loss.backward()
    with torch.no_grad():
        predicted = learner.eval().predict(batch)

    # then every parameter that learns has a gradient, so that no process of several waits for one
    assert loss.shape == ()
    assert loss.isfinite()
    learning = [p for p in learner.parameters() if p.requires_grad]
    assert learning
    assert all(parameter.grad is not None for parameter in learning)
    if classes:
        assert predicted.shape == (ROWS, classes)
        assert torch.allclose(predicted.sum(dim=1), torch.ones(ROWS))
    else:
        assert predicted.shape == (ROWS,)
        assert predicted.min() >= 0.0
        assert predicted.max() <= 63.0


def test_a_folded_layer_says_what_its_training_head_says() -> None:
    # given features far from zero, as HMHN's are
    torch.manual_seed(0)
    features = 50.0 * torch.randn(64, 12) - 300.0
    last = torch.nn.Linear(12, 2)
    head = FoldedHead(last)
    torch.nn.init.normal_(head.linear.weight)
    for _ in range(50):
        head(features)

    # when
    head.eval()
    head.fold(last)

    # then
    assert torch.allclose(last(features), head(features), atol=1e-3)


def test_hmhn_after_training_is_served_as_it_predicts() -> None:
    # given
    torch.manual_seed(0)
    learner = HmhnLearner(HmhnConfig(heads=2), partition_weight=0.01)
    batch = labelled(FACES)
    optimiser = torch.optim.Adam([p for p in learner.parameters() if p.requires_grad], 1e-3)
    for _ in range(3):
        learner.train().loss(batch, 0).backward()
        optimiser.step()

    # when
    learner.eval()
    with torch.no_grad():
        predicted = learner.predict(batch)
        served = ServedHmhn(learner.network).eval()(batch["faces"])[0].squeeze(1)

    # then
    assert torch.equal(predicted, served)
    assert predicted.std() > 0.0


def test_mean_pooling_is_the_plain_mean_and_stays_so() -> None:
    # given
    torch.manual_seed(0)
    learner = PoolingLearner(AttentionPoolingConfig(features=16), pooling="mean")
    mask = torch.tensor([[1.0, 1.0, 1.0, 0.0, 0.0]]).repeat(ROWS, 1)
    batch = labelled({**SETS, "mask": mask})

    # when
    learner.train().loss(batch, 0).backward()

    # then
    assert torch.allclose(learner.weights(batch), mask / 3.0)
    assert learner.network.kernel.grad is None
    assert learner.network.second.weight.grad is None


def an_scn(**options: object) -> ScnLearner:
    torch.manual_seed(0)
    learner = make_learner("expression_scn", {"classes": 3}, options)
    assert isinstance(learner, ScnLearner)
    return learner


def test_new_labels_are_kept_by_row_and_learned_from() -> None:
    # given a network that is sure of class 2 and trusts the first face least
    learner = an_scn(relabel_from=1, threshold=0.0)
    with torch.no_grad():
        learner.network.classes.bias.copy_(torch.tensor([0.0, 0.0, 9.0]))
    batch = labelled(FACES, 3)

    # when
    learner.train().loss(batch, 0)
    before = learner.row_labels.labels.clone()
    with torch.no_grad():
        learner.loss(batch, 1)
    measured = learner.row_labels.labels.clone()
    learner.loss(batch, 1)

    # then nothing before the epoch, nothing without gradients, then only the low group of 30 %
    assert (before == -1).all()
    assert (measured == -1).all()
    new = learner.row_labels.labels
    assert 1 <= int((new >= 0).sum()) <= 2
    assert set(new.tolist()) == {-1, 2}
    changed = torch.isin(batch["row"], (new >= 0).nonzero().flatten())
    read = learner.row_labels.read(batch["row"], batch["label"])
    assert torch.equal(read, torch.where(changed, 2, batch["label"]))


def test_new_labels_are_a_part_of_the_saved_state() -> None:
    # given
    learner, other = an_scn(), an_scn()
    learner.row_labels.write(torch.tensor([3, 1]), torch.tensor([2, 0]))

    # when
    load_learner_state(other, learner_state(learner))

    # then
    assert other.row_labels.labels.tolist() == [-1, 0, -1, 2]


def test_the_network_alone_is_saved_apart_from_what_the_learner_keeps() -> None:
    # given
    learner = HmhnLearner(HmhnConfig(heads=1))

    # when
    state = learner_state(learner)

    # then
    assert state["weights"].keys() == learner.network.state_dict().keys()
    assert {name.split(".")[0] for name in state["beside"]} == {"heads", "normalise"}


def test_importance_is_between_zero_and_one_for_every_row() -> None:
    # given
    learner = an_scn().eval()

    # when
    importance = learner.importance(labelled(FACES, 3))

    # then
    assert importance.shape == (ROWS,)
    assert np.all((importance.detach().numpy() > 0.0) & (importance.detach().numpy() < 1.0))
