"""One ResNet-18 trunk a seed that already knows faces, as the papers' trunks do.

    other persons, seven expressions ─▶ plain ResNet-18 ─▶ its trunk

The papers start from trunks trained on VGGFace2 or MS-Celeb-1M. Here the trunk has learned to tell
expressions of drawn persons who appear in no experiment.
"""

from functools import cache

from torch import nn

from training.learners_classes import PlainLearner
from training.plain import PlainConfig
from training.proving.bench import Bench, Effort
from training.proving.finding import Scale, silent
from training.proving.scenes import Cast, Part
from training.proving.stills import EXPRESSIONS, expression_faces

PERSONS = {Scale.SMOKE: 8, Scale.FULL: 500, Scale.LARGE: 1500}
TAKES = 2
SIDE = 64  # pixels; a trunk for larger faces starts from the one for these
EPOCHS = {Scale.SMOKE: 1, Scale.FULL: 4, Scale.LARGE: 6}
DEVELOPMENT_SHARE = 8  # one person in so many

PRETRAINED = (
    "ResNet-18 trunks start from one that was trained per seed to tell seven expressions of other "
    "drawn persons"
)


@cache
def pretrained_trunk(scale: Scale, side: int, seed: int) -> nn.Sequential:
    """The trunk, (B, 3, S, S) -> (B, 512, S/32, S/32); copy its weights, do not train it."""
    persons = PERSONS[scale] if side == SIDE else PERSONS[scale] // 2
    faces = expression_faces(Cast(Part.PRETRAINING, persons, TAKES, side, seed))
    first = faces.persons.min() + persons - max(1, persons // DEVELOPMENT_SHARE)
    apart = faces.persons >= first

    def make() -> PlainLearner:
        learner = PlainLearner(PlainConfig("resnet18", len(EXPRESSIONS)))
        if side != SIDE:
            small = pretrained_trunk(scale, SIDE, seed)
            learner.network.trunk.load_state_dict(small.state_dict())
        return learner

    learner = Bench(seed, silent).fit(
        f"pretraining at {side} px",
        make,
        (faces.subset(~apart), faces.subset(apart)),
        Effort(EPOCHS[scale] if side == SIDE else 1, batch=16 if scale is Scale.SMOKE else 32),
    )
    return learner.network.trunk
