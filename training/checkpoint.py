"""Checkpoints: a run's folder holds where it stands and its best weights, each written whole.

    checkpoint.pt   everything to go on bit for bit      every n steps, every epoch
    best.pt         the weights of the best epoch        after checkpoint.pt, at an epoch's end

Where a kill falls between the two, checkpoint.pt stands at the end of the best epoch, so that its
own weights are the best ones. Both hold tensors and plain values only; nothing is unpickled that
could run code.
"""

import io
import pickle
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch

from training.examples import Examples
from training.faults import CheckpointForeign, CheckpointUnreadable
from training.files import write_atomically
from training.knobs import Knobs
from training.learners import Learner
from training.predicting import module_of

CHECKPOINT, BEST = "checkpoint.pt", "best.pt"
FORMAT = 1

#: Knobs that may differ when a run is taken up again: they do not shape the result.
_FREE_KNOBS = ("checkpoint_every_steps",)

#: What reading a damaged file may raise.
_UNREADABLE = (
    OSError,
    EOFError,
    RuntimeError,
    KeyError,
    ValueError,
    zipfile.BadZipFile,
    pickle.UnpicklingError,
)

State = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Identity:
    """What a checkpoint must share with the run that takes it up; plain values."""

    network: str  # the class
    config: Mapping[str, Any]
    knobs: Mapping[str, Any]
    data: Mapping[str, Any]


def identity_of(
    learner: Learner, train: Examples, development: Examples | None, knobs: Knobs
) -> Identity:
    """The identity of a run; data sets are known by their rows, labels, persons and units."""
    document = knobs.document()
    shaping = {name: value for name, value in document.items() if name not in _FREE_KNOBS}
    data = {"train": _fingerprint(train)}
    if development is not None:
        data["development"] = _fingerprint(development)
    config: Any = learner.network.config
    return Identity(type(learner.network).__name__, asdict(config), shaping, data)


def _fingerprint(examples: Examples) -> str:
    digest = sha256()
    for column in (examples.labels, examples.persons, examples.units):
        digest.update(column.tobytes())
    return f"{len(examples)} rows, {digest.hexdigest()[:16]}"


def learner_state(learner: Learner) -> State:
    """The network's weights, and what the learner keeps beside them; copies on the CPU."""
    everything = {
        name: value.detach().cpu().clone()
        for name, value in module_of(learner).state_dict().items()
    }
    if module_of(learner) is learner.network:
        return {"weights": everything, "beside": {}}
    inside = {name for name in everything if name.startswith("network.")}
    return {
        "weights": {name.removeprefix("network."): everything[name] for name in sorted(inside)},
        "beside": {name: value for name, value in everything.items() if name not in inside},
    }


def load_learner_state(learner: Learner, state: State) -> None:
    """Put a learner's state back; raises `CheckpointForeign` where the shapes differ."""
    weights, beside = state["weights"], state["beside"]
    if module_of(learner) is not learner.network:
        weights = {f"network.{name}": value for name, value in weights.items()} | beside
    try:
        module_of(learner).load_state_dict(weights)
    except RuntimeError as fault:
        raise CheckpointForeign(f"the checkpoint has other weights: {fault}") from fault


class CheckpointFolder:
    """A run's folder; only the first process of a run writes."""

    def __init__(self, folder: Path, identity: Identity) -> None:
        self._folder = folder
        self._identity = identity

    def path(self, name: str) -> Path:
        """Where a file of the run lies."""
        return self._folder / name

    def sweep(self) -> None:
        """Remove what writes left half done when they were killed."""
        for beside in self._folder.glob(".*.*.*"):  # as `write_atomically` names them
            beside.unlink()

    def save(self, name: str, state: State) -> None:
        """Write a file whole, with the run's identity."""
        stream = io.BytesIO()
        torch.save({"format": FORMAT, "identity": asdict(self._identity), **state}, stream)
        write_atomically(self.path(name), stream.getvalue())

    def load(self, name: str) -> State | None:
        """Read a file, None where it is missing.

        Raises `CheckpointUnreadable` for a damaged one, `CheckpointForeign` for another run's.
        """
        path = self.path(name)
        if not path.exists():
            return None
        state = read_checkpoint(path)
        saved, here = state["identity"], asdict(self._identity)
        unlike = list(differences(saved, here))
        if unlike:
            raise CheckpointForeign(
                f"{path} is of another run: {'; '.join(unlike)}. "
                "Give this run a folder of its own, or remove that file to start anew"
            )
        return state


def read_checkpoint(path: Path) -> State:
    """Read and check a file; raises `CheckpointUnreadable`."""
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
        state = torch.load(path, map_location="cpu", weights_only=True) if not damaged else None
    except _UNREADABLE as fault:
        raise CheckpointUnreadable(_unreadable(path)) from fault
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise CheckpointUnreadable(_unreadable(path))
    return state


def _unreadable(path: Path) -> str:
    return f"{path} is damaged or no checkpoint of mien; remove it to start the run anew"


def differences(saved: Any, here: Any, place: str = "") -> list[str]:
    """Every value that differs, as "knobs.rate is 0.1 there and 0.2 here"."""
    if isinstance(saved, Mapping) and isinstance(here, Mapping):
        names = sorted({*saved, *here})
        found = (
            differences(saved.get(name, "absent"), here.get(name, "absent"), f"{place}.{name}")
            for name in names
        )
        return [line for lines in found for line in lines]
    saved, here = _plain(saved), _plain(here)
    return [] if saved == here else [f"{place.lstrip('.')} is {saved!r} there and {here!r} here"]


def _plain(value: Any) -> Any:
    """Tuples and lists are the same value."""
    return list(value) if isinstance(value, tuple) else value
