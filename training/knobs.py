"""Every knob of a training run in one frozen dataclass, read from a TOML file.

    training/configs/NAME.toml ─▶ read_knobs ─▶ Knobs ─▶ learner, data, loop ─▶ checkpoint

The defaults are HMHN's [assumed]; the configurations say where each network's values come from.
"""

import tomllib
from dataclasses import asdict, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, ValidationError
from pydantic.dataclasses import dataclass

from training.faults import KnobsInvalid

Count = Annotated[int, Field(ge=1)]
Amount = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
Part = Annotated[float, Field(gt=0.0, le=1.0)]

Optimiser = Literal["adam", "adamw", "sgd"]
Schedule = Literal["constant", "exponential", "one_cycle", "cosine"]
Precision = Literal["32", "bf16-mixed", "16-mixed"]


@dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid", strict=True))
class Knobs:
    """What shapes a run; every value is checked, here as well as when read from a file."""

    # what
    network: str = "hmhn"  # a name of `training.learners.LEARNERS`
    config: dict[str, Any] = Field(default_factory=dict)  # the network's own sizes
    learner: dict[str, Any] = Field(default_factory=dict)  # the learner's options
    data: dict[str, Any] = Field(default_factory=dict)  # see `training.sources`
    augment: bool = False  # the training faces; see `training.augmentation`
    # how long
    epochs: Count = 30
    batch: Count = 64  # rows of a step, over all devices
    patience: Annotated[int, Field(ge=0)] = 0  # epochs without a better development; 0 for ever
    # how
    optimiser: Optimiser = "adam"
    rate: Amount = 1e-4
    trunk_rate: Share = 1e-5  # of the trunks; 0 leaves them as they are
    momentum: Share = 0.9  # of SGD
    weight_decay: Share = 1e-4
    schedule: Schedule = "exponential"
    decay: Part = 0.9  # per epoch, of the exponential schedule
    warm: Part = 0.2  # share of the one-cycle schedule in which the rate rises
    clip_norm: Share = 1.0  # of the gradient; 0 turns clipping off
    statistics_batches: Annotated[int, Field(ge=0)] = 0  # to measure batch norms anew on, or 0
    # where
    precision: Precision = "32"
    accelerator: Literal["auto", "cpu", "cuda"] = "auto"
    devices: Count = 1
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 20261122
    checkpoint_every_steps: Annotated[int, Field(ge=0)] = 200  # 0 for the ends of epochs only

    def document(self) -> dict[str, Any]:
        """Plain values, for JSON and checkpoints."""
        return asdict(self)


def knobs_from(values: dict[str, Any], origin: str = "knobs") -> Knobs:
    """Knobs by name; raises `KnobsInvalid` that names the origin and every wrong value."""
    known = [field.name for field in fields(Knobs)]
    for name in values:
        if name not in known:
            close = get_close_matches(name, known, 1)
            hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"
            raise KnobsInvalid(f"{origin}: {name!r} is not a knob; {hint}")
    try:
        return Knobs(**values)
    except ValidationError as fault:
        wrong = "; ".join(
            f"{'.'.join(map(str, error['loc']))} is {error['input']!r}: {error['msg']}"
            for error in fault.errors()
        )
        raise KnobsInvalid(f"{origin}: {wrong}") from fault


def read_knobs(path: Path) -> Knobs:
    """Read a TOML file; raises `KnobsInvalid` where it is missing, no TOML, or wrong."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise KnobsInvalid(f"{path}: cannot be read ({fault.strerror})") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise KnobsInvalid(f"{path}: is not TOML: {fault}") from fault
    return knobs_from(values, str(path))
