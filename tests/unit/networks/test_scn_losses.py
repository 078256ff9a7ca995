"""The losses of self-attention importance weighting (F9 to F12), worked by hand."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from networks.losses import (
    rank_regularisation,
    relabelled,
    scn_loss,
    weighted_cross_entropy,
)


def column(*values: float) -> torch.Tensor:
    return torch.tensor(values).unsqueeze(1)


def test_the_weight_sits_on_the_logits() -> None:
    # given logits 2 apart, trusted by half: 1 apart
    logits, labels = torch.tensor([[2.0, 0.0]]), torch.tensor([0])

    # then
    loss = weighted_cross_entropy(logits, column(0.5), labels)
    assert loss.item() == pytest.approx(math.log(1.0 + math.exp(-1.0)))


def test_the_groups_must_lie_a_margin_apart() -> None:
    # given ten faces, of which the best seven average 0.5 and the others 0.45
    importance = column(*([0.5] * 7 + [0.45] * 3))

    # then
    assert rank_regularisation(importance).item() == pytest.approx(0.07 - 0.05, abs=1e-6)


def test_groups_far_enough_apart_cost_nothing() -> None:
    # given the faces in any order, the gap exactly the margin or more
    importance = column(0.2, 0.9, 0.9, 0.9, 0.2, 0.9, 0.9, 0.9, 0.2, 0.9)

    # then
    assert rank_regularisation(importance, margin=0.7 - 1e-6).item() == 0.0
    assert rank_regularisation(importance, margin=0.75).item() == pytest.approx(0.05, abs=1e-6)


@given(st.lists(st.floats(0.0, 1.0), min_size=2, max_size=80), st.floats(0.01, 0.5))
def test_the_regularisation_is_zero_exactly_when_the_gap_reaches_the_margin(
    values: list[float], margin: float
) -> None:
    # given
    ranked = sorted(values, reverse=True)
    high = len(values) * 7 // 10

    # when
    loss = rank_regularisation(column(*values), margin=margin).item()

    # then
    gap = sum(ranked[:high]) / high - sum(ranked[high:]) / (len(values) - high)
    assert loss == pytest.approx(max(0.0, margin - gap), abs=1e-5)


def test_a_batch_too_small_for_two_groups_is_not_ranked() -> None:
    assert rank_regularisation(column(0.5)).item() == 0.0


def test_the_total_follows_the_code_or_the_paper() -> None:
    # given even logits (ln 2) and importances without a gap (the whole margin)
    logits, labels = torch.zeros(10, 2), torch.zeros(10, dtype=torch.int64)
    importance = torch.full((10, 1), 0.5)

    # then
    code = scn_loss(logits, importance, labels)
    paper = scn_loss(logits, importance, labels, balance=0.5)
    assert code.item() == pytest.approx(math.log(2.0) + 0.07, abs=1e-6)
    assert paper.item() == pytest.approx(0.5 * math.log(2.0) + 0.5 * 0.07, abs=1e-6)


def test_a_distrusted_face_gets_the_label_that_the_network_is_sure_of() -> None:
    # given ten faces that the network calls 1 by a margin of 0.6, all labelled 0
    probabilities = torch.tensor([[0.2, 0.8]]).repeat(10, 1)
    labels = torch.zeros(10, dtype=torch.int64)
    importance = column(0.1, 0.9, 0.9, 0.9, 0.2, 0.9, 0.9, 0.9, 0.3, 0.9)

    # when
    changed = relabelled(probabilities, labels, importance)

    # then the three of low importance, and only they
    assert changed.tolist() == [1, 0, 0, 0, 1, 0, 0, 0, 1, 0]
    assert labels.tolist() == [0] * 10


def test_a_network_that_is_hardly_surer_changes_nothing() -> None:
    # given margins of 0.1 and just under 0.2
    probabilities = torch.tensor([[0.45, 0.55], [0.401, 0.599]])
    labels = torch.zeros(2, dtype=torch.int64)

    # then
    changed = relabelled(probabilities, labels, column(0.5, 0.1), share=0.0)
    assert changed.tolist() == [0, 0]


@given(st.integers(0, 2**31), st.integers(1, 40))
def test_the_trusted_group_is_never_relabelled(seed: int, size: int) -> None:
    # given
    random = torch.Generator().manual_seed(seed)
    probabilities = torch.rand(size, 7, generator=random).softmax(dim=1)
    labels = torch.randint(0, 7, (size,), generator=random)
    importance = torch.rand(size, 1, generator=random)

    # when every face is claimed to be mislabelled
    changed = relabelled(probabilities, labels, importance, threshold=-1.0)

    # then
    trusted = importance.flatten().argsort(descending=True)[: size * 7 // 10]
    assert torch.equal(changed[trusted], labels[trusted])
    others = torch.ones(size, dtype=torch.bool)
    others[trusted] = False
    assert torch.equal(changed[others], probabilities.argmax(dim=1)[others])
