"""The optimiser and its rates: trunks slower than the rest, the schedule a function of the step.

parameters ─┬─ of a trunk ─▶ trunk_rate · schedule(epoch, step)
            └─ the rest   ─▶ rate       · schedule(epoch, step)
"""

import math
from itertools import pairwise
from typing import Any

import torch
from torch import nn

from training.knobs import Knobs

#: A parameter belongs to a trunk when its dotted name has one of these parts.
TRUNKS = frozenset({"trunk", "spatial", "temporal"})

#: The one-cycle schedule starts at this share of its peak, and ends far below.
_CYCLE_START, _CYCLE_END = 1.0 / 25.0, 1e-5


def make_optimiser(module: nn.Module, knobs: Knobs) -> torch.optim.Optimizer:
    """Over the module's parameters that learn: the trunks' group first, either may be missing."""
    trunks: list[nn.Parameter] = []
    rest: list[nn.Parameter] = []
    for name, parameter in module.named_parameters():
        if parameter.requires_grad:
            (rest if TRUNKS.isdisjoint(name.split(".")) else trunks).append(parameter)
    groups: list[dict[str, Any]] = [
        {"params": members, "lr": rate, "base": rate}
        for members, rate in ((trunks, knobs.trunk_rate), (rest, knobs.rate))
        if members
    ]
    decay = knobs.weight_decay
    if knobs.optimiser == "sgd":
        return torch.optim.SGD(groups, momentum=knobs.momentum, weight_decay=decay)
    kind = torch.optim.AdamW if knobs.optimiser == "adamw" else torch.optim.Adam
    return kind(groups, weight_decay=decay)


def set_rates(optimiser: torch.optim.Optimizer, factor: float) -> None:
    """Give every group its own rate times the schedule's factor."""
    for group in optimiser.param_groups:
        group["lr"] = group["base"] * factor


def schedule(knobs: Knobs, epoch: int, step: int, steps: int) -> float:
    """The rates' factor in a step of an epoch of `steps`; has no state."""
    done = (epoch + step / steps) / knobs.epochs  # share of the run, 0 to 1
    if knobs.schedule == "exponential":
        return knobs.decay**epoch
    if knobs.schedule == "cosine":
        return _between(1.0, 0.0, done)
    if knobs.schedule == "one_cycle":
        points = ((0.0, _CYCLE_START), (knobs.warm, 1.0), (1.0, _CYCLE_END))
        for (start, low), (end, high) in pairwise(points):
            if done < end:
                return _between(low, high, (done - start) / (end - start))
    return 1.0


def _between(start: float, end: float, done: float) -> float:
    """Half a cosine from start to end."""
    return end + (start - end) * (1.0 + math.cos(math.pi * done)) / 2.0
