"""A data set's crops as the examples of a network, divided by a protocol.

faces of records ─┬─▶ as they are               hmhn, ddl_resnet50, expression_scn, plain_…
                  ├─▶ clips ─▶ maps or flows    temporal_resnet50, two_stream
                  └─▶ features of a recording   attention_pooling
events ─▶ motion                                micro_expression
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from networks.tensors import CLIP_FRAMES, FACE_SIZE, FLOW_FRAMES
from training.crops_cache import CropCache
from training.crops_examples import (
    examples_of,
    examples_of_events,
    examples_of_stills,
    rows_with,
)
from training.datasets.recording import Event, Record, Still
from training.datasets.registry import DataSet
from training.datasets.splits import LEAKS, Protocol, folds_of
from training.evaluation.document import Setting
from training.evaluation.protocols import warn
from training.evaluation.units import Unit
from training.examples import Examples
from training.export import run, session
from training.faults import DataMissing, KnobsInvalid
from training.repository import ROOT
from training.sequences import clips_of, sets_of
from training.sources_parts import Sources

#: Inputs and length of the networks of clips; a flow lies between two faces.
_CLIPS: dict[str, tuple[tuple[str, ...], int]] = {
    "temporal_resnet50": (("appearance", "temporal_map"), CLIP_FRAMES),
    "two_stream": (("faces", "flow"), FLOW_FRAMES + 1),
}

#: Frames of a recording in attention pooling [assumed].
POOLED_FRAMES = 32
FEATURES_GRAPH = ROOT / "model_repository" / "resnet50_features" / "1" / "model.onnx"


@dataclass(frozen=True, slots=True)
class CropOptions:
    """Where a data set lies, where its crops are, and how it is divided."""

    folder: Path
    crops: Path
    protocol: Protocol = Protocol.HONEST
    fold: int = 0
    side: int = FACE_SIZE  # of still pictures; crops have the side that they were cut with


def read_data_set(network: str, data_set: DataSet, options: CropOptions, seed: int) -> Sources:
    """One fold of a data set; warns of a leaky protocol. Raises `KnobsInvalid` or a `DataFault`."""
    records = data_set.load(options.folder)
    examples = _examples(network, data_set, records, options)
    rows = rows_with(records, examples)
    folds = folds_of(rows, data_set.division, options.protocol, seed)
    if not 0 <= options.fold < len(folds):
        raise KnobsInvalid(f"data.fold is {options.fold}; {data_set.name} has 0..{len(folds) - 1}")
    fold = folds[options.fold]
    protocol = f"{options.protocol}, {fold.name}, fold {options.fold + 1} of {len(folds)}"
    if options.protocol is Protocol.LITERATURE:
        protocol += f" (leaky: {LEAKS[data_set.division]})"
        warn(data_set.division)
    return Sources(
        examples.subset(fold.train),
        examples.subset(fold.development) if len(fold.development) else None,
        examples.subset(fold.test),
        classes=data_set.classes,
        unit=_unit(records),
        setting=Setting(data_set.name, protocol),
    )


def _unit(records: Sequence[Record]) -> Unit:
    if isinstance(records[0], Event):
        return Unit.EVENT
    return Unit.FRAME if isinstance(records[0], Still) else Unit.FILE


def _examples(
    network: str, data_set: DataSet, records: Sequence[Record], options: CropOptions
) -> Examples:
    micro = isinstance(records[0], Event)
    if micro != (network == "micro_expression"):
        raise KnobsInvalid(f"{network} cannot learn from {data_set.name}: only events show motion")
    cache = CropCache(options.crops, options.folder)
    if micro:
        return examples_of_events(cast("Sequence[Event]", records), cache)
    if isinstance(records[0], Still):
        if network in _CLIPS:
            raise KnobsInvalid(f"{network} reads clips, and {data_set.name} holds single pictures")
        return examples_of_stills(cast("Sequence[Still]", records), options.side, options.crops)
    faces = examples_of(records, cache, severity=not data_set.classes)
    if network in _CLIPS:
        return clips_of(faces, *_CLIPS[network])
    return sets_of(faces, _features(), POOLED_FRAMES) if network == "attention_pooling" else faces


def _features() -> Any:
    """The served trunk: what pools in production must be what it was trained on."""
    if not FEATURES_GRAPH.is_file():
        raise DataMissing(f"no frame features without {FEATURES_GRAPH}: run `make networks`")
    graph = session(FEATURES_GRAPH)

    def features(faces: NDArray[Any]) -> NDArray[np.float32]:
        return run(graph, faces)["features"]

    return features
