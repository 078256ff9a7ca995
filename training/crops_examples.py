"""From crops and pictures to `Examples`: one memory-mapped array of faces, and who is in each row.

    records + crops ─▶ one .npy (n, S, S, 3) ─▶ Examples        examples_of
    stills          ─▶ one .npy (n, S, S, 3) ─▶ Examples        examples_of_stills
    events + crops  ─▶ onset, apex ─▶ u, v, strain ─▶ Examples  examples_of_events

`units` are the records' numbers, so `records[unit]` is the record behind a row.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from training.crops import source_of
from training.crops_cache import CropCache
from training.crops_stack import FaceStack
from training.datasets.pictures import as_face
from training.datasets.recording import Event, Record, Recording, Still
from training.datasets.splits import person_numbers
from training.examples import Examples
from training.faults import NothingUsable
from worker.motion import motion_of

R = TypeVar("R", bound=Record)

FACES = "faces"
DISTRIBUTION = "distribution"
MOTION = "motion"


def examples_of(records: Sequence[Record], cache: CropCache, *, severity: bool) -> Examples:
    """Return every crop of the records with its record's label.

    Labels are float32 0-63 where `severity`, else int64 classes. Records without a crop give no
    rows. The array lies in the cache's folder and is written once for the same crops.
    Raises `NothingUsable` when there is no crop at all.
    """
    counts = np.array([cache.used(source_of(record)) for record in records], np.int64)
    units = np.repeat(np.arange(len(records)), counts)
    if not len(units):
        raise NothingUsable(f"{cache.folder} holds no crop: run `python -m training.crops`")
    used = [source_of(record) for record, count in zip(records, counts, strict=True) if count]
    facts = [cache.facts(source) or {} for source in used]
    stack = FaceStack(cache.folder / f"faces-{_key(facts)}.npy")
    side = int(facts[0]["side"])
    faces = stack.made_of((cache.faces(source) for source in used), len(units), side)
    return _examples({FACES: faces}, records, units, severity=severity)


def examples_of_stills(stills: Sequence[Still], side: int, folder: Path) -> Examples:
    """Return the pictures as they are, brought to (side, side, 3), with int64 classes.

    Raters' shares, where a data set has them, are `inputs["distribution"]` (n, C) float32. The
    array is written to `folder` once for the same pictures.
    """
    if not stills:
        raise NothingUsable("there are no pictures to learn from")
    digest = hashlib.sha256(str(side).encode())
    for still in stills:
        digest.update(still.pixels.tobytes())
    stack = FaceStack(folder / f"stills-{digest.hexdigest()[:16]}.npy")
    made = stack.made_of((as_face(still.pixels, side)[None] for still in stills), len(stills), side)
    inputs: dict[str, NDArray[np.generic]] = {FACES: made}
    if stills[0].distribution:
        inputs[DISTRIBUTION] = np.array([still.distribution for still in stills], np.float32)
    return _examples(inputs, stills, np.arange(len(stills)), severity=False)


def examples_of_events(events: Sequence[Event], cache: CropCache) -> Examples:
    """Return each event's motion from onset to apex: `inputs["motion"]` (n, 28, 28, 3) float32.

    Events whose onset or apex shows no usable face give no row.
    """
    units = [unit for unit, event in enumerate(events) if cache.used(source_of(event)) > 1]
    if not units:
        raise NothingUsable(f"{cache.folder} holds no event: run `python -m training.crops`")
    motions = np.stack([_motion(cache.faces(source_of(events[unit]))) for unit in units])
    return _examples({MOTION: motions}, events, np.array(units), severity=False)


def by_session(records: Sequence[Recording], units: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each row the number of its session, so that AVEC2014's tasks are scored as one."""
    _, sessions = np.unique([record.session for record in records], return_inverse=True)
    return sessions.astype(np.int64)[units]


def rows_with(records: Sequence[R], examples: Examples) -> list[R]:
    """Return the record behind each row: what `folds_of` divides."""
    return [records[unit] for unit in examples.units]


def _motion(faces: NDArray[np.uint8]) -> NDArray[np.float32]:
    return motion_of(np.ascontiguousarray(faces[0]), np.ascontiguousarray(faces[1]))


def _examples(
    inputs: dict[str, NDArray[np.generic]],
    records: Sequence[Record],
    units: NDArray[np.int64],
    *,
    severity: bool,
) -> Examples:
    labels = np.array([record.label for record in records], np.float32 if severity else np.int64)
    return Examples(
        inputs=inputs,
        labels=labels[units],
        persons=person_numbers(records)[units],
        units=units.astype(np.int64),
    )


def _key(facts: Iterable[dict[str, Any]]) -> str:
    named = ("source", "source_sha256", "settings", "faces")
    plain = [[fact[name] for name in named] for fact in facts]
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()[:16]
