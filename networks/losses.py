"""The losses, numbered as in the list of formulas.

B faces, C classes, D features, k heads, L levels.

id   loss                       what it is for
F1   mean squared error         severity as one number
F2   expectation                severity as a distribution, read by its mean
F3   expectation loss           ... and trained on that mean
F4   label distribution, KL     ... and trained on a bell about the label
F5   balanced squared error     severity where some scores are rare
F6   partition loss             heads that look at different things
F7   affinity loss              features that lie near their class
F8   DAN's total                F6 and F7 beside the cross entropy
F9   weighted cross entropy     faces that the network trusts count more
F10  rank regularisation        ... and some are trusted less than others
F11  SCN's total                F9 and F10
F12  relabelling                ... and the distrusted get the label that the network sees
"""

import math

import torch
from torch import Tensor
from torch.nn import functional

#: Keeps the partition loss finite when all heads agree (added late in DAN's own code).
PARTITION_EPSILON = 1e-6

#: Keeps the share of a batch from losing a face to binary fractions (0.7 of 70 is 49).
_ROUNDING = 1e-9


def mean_squared_error(predicted: Tensor, target: Tensor) -> Tensor:
    """F1: the mean of (ŷ - y)², both (B, 1) -> a scalar."""
    return (predicted - target).square().mean()


def expectation(distribution: Tensor) -> Tensor:
    """F2: Σ_j j·p_j over the levels 0..L-1: (B, L), rows that sum to 1 -> (B, 1)."""
    levels = torch.arange(
        distribution.shape[1], dtype=distribution.dtype, device=distribution.device
    )
    return distribution @ levels.unsqueeze(1)  # (B, L) @ (L, 1)


def expectation_loss(distribution: Tensor, target: Tensor, power: float = 2.0) -> Tensor:
    """F3: the mean of |E - y|^power, (B, L) and levels (B, 1) -> a scalar; power 2 [assumed]."""
    return (expectation(distribution) - target).abs().pow(power).mean()


def label_distribution(target: Tensor, levels: int = 64, deviation: float = 1.0) -> Tensor:
    """F4, first half: t_j ∝ exp(-(j - y)² / 2s²), levels (B, 1) -> (B, L), rows that sum to 1.

    Normalised, so that a label at an end of the scale weighs as much as one in the middle
    [assumed]; s is `deviation`, in levels, 1 to 3 [assumed].
    """
    scale = torch.arange(levels, dtype=target.dtype, device=target.device)
    return (-(scale - target).square() / (2.0 * deviation**2)).softmax(dim=1)  # (B, L)


def kl_divergence(logits: Tensor, target: Tensor) -> Tensor:
    """F4, second half: the mean of Σ_j t_j ln(t_j / p_j), logits and t (B, L) -> a scalar.

    Takes logits, as log-softmax stays finite where a softmax has underflown to 0; 0·ln 0 is 0.
    """
    shared = torch.xlogy(target, target) - target * functional.log_softmax(logits, dim=1)
    return shared.sum(dim=1).mean()


def balanced_mse(predicted: Tensor, target: Tensor, noise: Tensor) -> Tensor:
    """F5: the squared error against the labels' frequency, (B, 1) twice -> a scalar.

    The batch's labels stand for how often each score occurs: every prediction is classified among
    them by the logits -(ŷ_i - y_j)² / 2s². `noise` is s, a learnable scalar that starts at 1; the
    factor 2s² restores the squared error's scale and carries no gradient. Ren et al., "Balanced
    MSE for imbalanced visual regression", CVPR 2022 [sure].
    """
    variance = noise.square()
    logits = -(predicted - target.T).square() / (2.0 * variance)  # (B, B)
    own = torch.arange(len(logits), device=logits.device)
    return functional.cross_entropy(logits, own) * (2.0 * variance).detach()


def partition_loss(log_heads: Tensor) -> Tensor:
    """F6: ln(1 + k / V), V the mean of the heads' unbiased variance: (B, k, D) -> a scalar.

    It falls as the heads diverge, and is 0 for a single head [sure DAN].
    """
    heads = log_heads.shape[1]
    if heads == 1:
        return log_heads.new_zeros(())
    variance = log_heads.var(dim=1).mean()
    return torch.log1p(heads / (variance + PARTITION_EPSILON))


def affinity_loss(features: Tensor, labels: Tensor, centres: Tensor) -> Tensor:
    """F7: how far faces lie from their class' centre, over how far the centres lie apart.

    Features (B, D) averaged over the map, labels (B,) int64, learnable centres (C, D) with C ≥ 2
    -> a scalar: the mean of ‖x_i - c_{y_i}‖² over Σ_d Var_classes(c_d) [sure DAN].
    """
    distances = (features - centres[labels]).square().sum(dim=1)  # (B,)
    return distances.mean() / centres.var(dim=0).sum()


def dan_loss(
    logits: Tensor, labels: Tensor, features: Tensor, centres: Tensor, log_heads: Tensor
) -> Tensor:
    """F8: cross entropy + F7 + F6, weights of 1 [sure DAN].

    Logits (B, C), labels (B,) int64, features (B, D), centres (C, D), log heads (B, k, D).
    """
    affinity = affinity_loss(features, labels, centres)
    return functional.cross_entropy(logits, labels) + affinity + partition_loss(log_heads)


def weighted_cross_entropy(logits: Tensor, importance: Tensor, labels: Tensor) -> Tensor:
    """F9: the cross entropy of importance·logits, (B, 1) in (0, 1) and (B, C), labels (B,).

    The weight sits on the logits, not on the loss: a distrusted face says less [sure SCN].
    """
    return functional.cross_entropy(importance * logits, labels)


def _trusted(importance: Tensor, share: float) -> Tensor:
    """The high group: the ⌊share·B⌋ faces of the highest importance, (B, 1) -> (B,) bool."""
    count = math.floor(share * len(importance) + _ROUNDING)
    order = importance.flatten().argsort(descending=True, stable=True)
    trusted = torch.zeros(len(importance), dtype=torch.bool, device=importance.device)
    trusted[order[:count]] = True
    return trusted


def rank_regularisation(importance: Tensor, share: float = 0.7, margin: float = 0.07) -> Tensor:
    """F10: max(0, margin - (mean_high - mean_low)), importance (B, 1) -> a scalar.

    The high group is the top `share` of the batch; margin 0.07 is the authors' advice for batches
    of 64, 0.15 for 1024 [sure SCN]. A batch too small for two groups costs nothing.
    """
    trusted = _trusted(importance, share)
    if not trusted.any() or trusted.all():
        return importance.new_zeros(())
    values = importance.flatten()
    return (margin - (values[trusted].mean() - values[~trusted].mean())).clamp(min=0.0)


def scn_loss(
    logits: Tensor,
    importance: Tensor,
    labels: Tensor,
    share: float = 0.7,
    margin: float = 0.07,
    balance: float | None = None,
) -> Tensor:
    """F11: F9 + F10 as in the authors' code [sure], or (1-g)·F9 + g·F10 with g as `balance`.

    The paper's form has g = 0.5 [inferred]. Logits (B, C), importance (B, 1), labels (B,) int64.
    """
    weighted = weighted_cross_entropy(logits, importance, labels)
    ranked = rank_regularisation(importance, share, margin)
    if balance is None:
        return weighted + ranked
    return (1.0 - balance) * weighted + balance * ranked


def relabelled(
    probabilities: Tensor,
    labels: Tensor,
    importance: Tensor,
    share: float = 0.7,
    threshold: float = 0.2,
) -> Tensor:
    """F12: the labels (B,), of which a distrusted face may get the one that the network sees.

    That happens where the likeliest class is more than `threshold` above the labelled one, and
    only outside the high group: the paper's rule [inferred]; the authors' code relabels any face
    [sure]. Probabilities (B, C), importance (B, 1). Starting at epoch 10 [sure] is the caller's.
    """
    best, seen = probabilities.max(dim=1)  # (B,) both
    labelled = probabilities.gather(1, labels.unsqueeze(1)).squeeze(1)  # (B,)
    mistaken = (best - labelled > threshold) & ~_trusted(importance, share)
    return torch.where(mistaken, seen, labels)
