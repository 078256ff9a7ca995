"""One step of training: a learner with its optimiser, wherever the run takes place.

batch ─▶ augment ─▶ loss ─▶ gradients, clipped ─▶ weights
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from training.batches import step_seed
from training.checkpoint import State, learner_state, load_learner_state
from training.devices import launch
from training.examples import ROW, Batch
from training.faults import KnobsInvalid
from training.knobs import Knobs
from training.learners import Learner
from training.learners_severity import FACES
from training.optimising import make_optimiser, schedule, set_rates
from training.predicting import module_of

#: The networks whose one input is a face.
SINGLE_FACES = ("hmhn", "ddl_resnet50", "expression_scn", "plain_severity", "plain_classes")


def make_augmentation(knobs: Knobs) -> Callable[[Tensor, int], Tensor] | None:
    """What changes the training faces, None for nothing.

    Raises `KnobsInvalid` for networks of clips: a flipped face needs its flow flipped, too.
    """
    if not knobs.augment:
        return None
    if knobs.network not in SINGLE_FACES:
        raise KnobsInvalid(f"augment is for {', '.join(SINGLE_FACES)}, not for {knobs.network}")
    from training.augmentation import Augmentation  # Kornia takes seconds to import

    return Augmentation()


class Objective(nn.Module):
    """A learner's loss as a module's forward pass, so that Fabric can wrap all of it."""

    def __init__(self, learner: Learner) -> None:
        super().__init__()
        self.module = module_of(learner)
        self._loss = learner.loss

    def forward(self, batch: Batch, epoch: int) -> Tensor:
        """One batch -> a scalar."""
        return self._loss(batch, epoch)


class Stepper:
    """Takes steps; its state is the learner's, the optimiser's and the precision's."""

    def __init__(self, learner: Learner, knobs: Knobs) -> None:
        self.fabric = launch(knobs)
        self._learner, self._knobs = learner, knobs
        self._augment = make_augmentation(knobs)
        objective = Objective(learner)
        self._objective, self._optimiser = self.fabric.setup(
            objective, make_optimiser(objective, knobs)
        )

    @property
    def rate(self) -> float:
        """The rate of the last step, not the trunk's."""
        return self._optimiser.param_groups[-1]["lr"]

    def train(self) -> None:
        """Put the learner into training."""
        self._objective.train()

    def step(self, batch: Batch, epoch: int, step: int, steps: int) -> float:
        """Move the weights by one batch of this process; the loss is the mean over all."""
        seed = step_seed(self._knobs.seed, epoch, step, self.fabric.global_rank)
        torch.manual_seed(seed)
        if self._augment is not None:
            batch = {**batch, FACES: self._augment(batch[FACES], seed)}
        set_rates(self._optimiser, schedule(self._knobs, epoch, step, steps))
        self._optimiser.zero_grad()
        loss = self._objective(self.fabric.to_device(batch), epoch)
        self.fabric.backward(loss)
        if self._knobs.clip_norm:
            self.fabric.clip_gradients(
                self._objective,
                self._optimiser,
                max_norm=self._knobs.clip_norm,
                error_if_nonfinite=False,  # half precision skips such a step by itself
            )
        self._optimiser.step()
        self._share_row_labels(batch)
        mean = self.fabric.all_reduce(loss.detach(), reduce_op="mean")
        assert isinstance(mean, Tensor)
        return float(mean)

    def _share_row_labels(self, batch: Batch) -> None:
        """Tell every process which rows of this step got new labels."""
        labels = getattr(self._learner, "row_labels", None)
        if labels is None or self.fabric.world_size == 1:
            return
        mine = labels.read(batch[ROW], torch.full_like(batch[ROW], -1))
        rows, new = self.fabric.all_gather((batch[ROW], mine))
        labels.write(rows.flatten(), new.flatten())

    def state(self) -> State:
        """Everything that the next step depends on."""
        return {
            **learner_state(self._learner),
            "optimiser": self._optimiser.state_dict(),
            "precision": self.fabric.strategy.precision.state_dict(),
        }

    def load(self, state: State) -> None:
        """Go on from a state."""
        load_learner_state(self._learner, state)
        self._optimiser.load_state_dict(state["optimiser"])
        self.fabric.strategy.precision.load_state_dict(state["precision"])
