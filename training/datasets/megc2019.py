"""The composite of the micro-expression grand challenge 2019: three sets, three classes.

    casme2/ ─┐    happiness, positive                          ─▶ positive
    samm/   ─┼─▶  disgust, sadness, contempt, fear, anger,     ─▶ negative
    smic/   ─┘    repression, negative
                  surprise                                     ─▶ surprise
                  other, others                                ─▶ left out

[sure] for the mapping; the challenge counts 442 events of 68 persons. Which of a set's events its
list holds is not in the sets' own codings, so the count here may differ by some [inferred].
"""

from dataclasses import replace
from pathlib import Path

from networks.tensors import MICRO_EXPRESSIONS
from training.datasets import casme2, samm, smic
from training.datasets.recording import Event
from training.faults import DataMissing

CLASSES = MICRO_EXPRESSIONS

NEGATIVE = {"disgust", "sadness", "contempt", "fear", "anger", "repression", "negative"}
POSITIVE = {"happiness", "positive"}

_LOADERS = {"casme2": casme2.load, "samm": samm.load, "smic": smic.load}


def class_name(emotion: str) -> str | None:
    """Return the composite's class of an emotion, or None for one that is left out."""
    if emotion in NEGATIVE:
        return "negative"
    if emotion in POSITIVE:
        return "positive"
    return "surprise" if emotion == "surprise" else None


def composite(events: tuple[Event, ...], source: str) -> tuple[Event, ...]:
    """Return a set's events in the three classes, its persons marked with the set's name."""
    marked: list[Event] = []
    for event in events:
        name = class_name(event.emotion)
        if name is not None:
            person = f"{source}/{event.person}"
            marked.append(replace(event, person=person, label=CLASSES.index(name)))
    return tuple(marked)


def load(folder: Path) -> tuple[Event, ...]:
    """Return the composite of the sets in `folder/casme2`, `folder/samm` and `folder/smic`.

    A set whose folder is absent is left out; raises `DataMissing` when all are, or a set's fault.
    """
    present = [source for source in _LOADERS if (folder / source).is_dir()]
    if not present:
        raise DataMissing(f"{folder} holds none of the folders {', '.join(_LOADERS)}")
    return tuple(
        event
        for source in present
        for event in composite(_LOADERS[source](folder / source), source)
    )
