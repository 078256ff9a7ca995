"""Face scoring: from measures of a face to the impressions that it makes on raters.

    attributes (B, A), each in 0..1 ─▶ FC ─▶ 100 logistic units ─▶ FC ─▶ scores (B, 3)
                                          approachability, youthful attractiveness, dominance

After Vernon, Sutherland, Young, Hartley, "Modeling first impressions from highly variable facial
images", PNAS 2014: physical attributes of faces to three factors of social judgement by a small
network [inferred]; 100 logistic units [inferred]; the linear output is [assumed].

The scores are impressions that faces make on raters, not traits of the person.

B faces, A attributes.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

#: The three factors, in the order of the outputs.
IMPRESSIONS = ("approachability", "youthful_attractiveness", "dominance")

MEANING = "impressions that faces make on raters, not traits of the person"


@dataclass(frozen=True, slots=True)
class ImpressionsConfig:
    """The sizes that fix the weights' shapes; saved with the weights."""

    attributes: int
    hidden: int = 100
    impressions: int = len(IMPRESSIONS)


class Impressions(nn.Module):
    """One hidden layer; it carries the range of the attributes that it was trained on.

    lowest, highest  (A,) float buffers; an attribute is scaled by them to 0..1 and cut there, so
                     that a face outside what was seen is not extrapolated
    middle, spread   (3,) float buffers; the ratings' mean and deviation, put back on the output
    """

    lowest: Tensor
    highest: Tensor
    middle: Tensor
    spread: Tensor

    def __init__(self, config: ImpressionsConfig) -> None:
        super().__init__()
        self.config = config
        self.hidden = nn.Linear(config.attributes, config.hidden)
        self.scores = nn.Linear(config.hidden, config.impressions)
        self.register_buffer("lowest", torch.zeros(config.attributes))
        self.register_buffer("highest", torch.ones(config.attributes))
        self.register_buffer("middle", torch.zeros(config.impressions))
        self.register_buffer("spread", torch.ones(config.impressions))

    def forward(self, attributes: Tensor) -> Tensor:
        """Attributes (B, A) float, unscaled -> scores (B, 3) on the raters' own scale."""
        return self.standard(attributes) * self.spread + self.middle

    def standard(self, attributes: Tensor) -> Tensor:
        """Attributes (B, A) -> scores (B, 3) in deviations from the ratings' mean."""
        hidden = self.hidden(self.scaled(attributes)).sigmoid()  # (B, 100)
        return self.scores(hidden)

    def scaled(self, attributes: Tensor) -> Tensor:
        """Attributes (B, A) -> (B, A) in 0..1; one that never varied becomes 0."""
        width = self.highest - self.lowest
        safe = torch.where(width > 0, width, torch.ones_like(width))
        return ((attributes - self.lowest) / safe).clamp(0.0, 1.0) * (width > 0)

    def fit_scales(self, attributes: Tensor, ratings: Tensor) -> None:
        """Take the ranges from the training rows: attributes (n, A), ratings (n, 3)."""
        self.lowest.copy_(attributes.amin(dim=0))
        self.highest.copy_(attributes.amax(dim=0))
        self.middle.copy_(ratings.mean(dim=0))
        deviation = ratings.std(dim=0)
        self.spread.copy_(torch.where(deviation > 0, deviation, torch.ones_like(deviation)))
