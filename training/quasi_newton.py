"""Small smooth problems solved whole: L-BFGS with a line search, over all rows at once.

On few rows with many features, Adam moves every weight alike and so learns noise as fast as the
message; a quasi-Newton step follows the gradient's own proportions, and needs no rate.
"""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn


def minimise(
    parameters: Iterable[nn.Parameter],
    loss: Callable[[], Tensor],
    steps: int,
    tick: Callable[[int], None] = lambda _: None,
) -> float:
    """Minimise a scalar over the parameters, in place; return the last value.

    At most `steps` steps, fewer once nothing changes; `tick` is told every evaluation's number,
    of which a step may want several.
    """
    optimiser = torch.optim.LBFGS(
        parameters, max_iter=steps, history_size=5, line_search_fn="strong_wolfe"
    )
    evaluations = 0

    def evaluate() -> Tensor:
        nonlocal evaluations
        optimiser.zero_grad()
        value = loss()
        value.backward()
        evaluations += 1
        tick(evaluations)
        return value

    optimiser.step(evaluate)
    return float(loss().detach())


def squares(parameters: Iterable[Tensor]) -> Tensor:
    """The sum of all squares: what a ridge penalty multiplies."""
    return torch.stack([parameter.square().sum() for parameter in parameters]).sum()
