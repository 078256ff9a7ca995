"""Where a run's examples come from: the knobs' `data` table.

source = "synthetic"                persons, clips, frames, side    drawn faces, known truth
source = "avec2014", "ck_plus", …   folder, crops, protocol, fold   crops of a data set

                 train ─▶ learned from
read_sources ─┬▶ development ─▶ chooses the epoch
              └▶ test ─▶ looked at once, at the end
"""

import dataclasses
from typing import Any

import cv2
import numpy as np
from pydantic import TypeAdapter, ValidationError

from networks.tensors import EXPRESSIONS
from training.clips_drawn import make_expression_faces
from training.evaluation.document import Setting
from training.evaluation.units import Unit
from training.examples import Examples
from training.faults import KnobsInvalid
from training.knobs import Knobs
from training.learners_severity import FACES
from training.sources_parts import Sources
from training.synthetic import FaceSet, Split, SyntheticConfig, make_faces

SYNTHETIC = "synthetic"

#: What the synthetic faces can teach.
_SEVERITY = frozenset({"hmhn", "ddl_resnet50", "plain_severity"})
_EXPRESSION = frozenset({"expression_scn", "plain_classes"})

#: Of the training persons, as many choose the epoch, and as many test.
_SHARE = 4


@dataclasses.dataclass(frozen=True, slots=True)
class SyntheticOptions:
    """Drawn persons; `clips` and `frames` are for severity, an expression is one face."""

    persons: int = 120
    clips: int = 2
    frames: int = 2
    side: int = 64


def read_sources(knobs: Knobs) -> Sources:
    """The examples that the knobs ask for; raises `KnobsInvalid` or a `DataFault`."""
    options = dict(knobs.data)
    source = options.pop("source", SYNTHETIC)
    if source == SYNTHETIC:
        return _synthetic(knobs.network, _options(SyntheticOptions, options))
    # Reading data sets takes the worker's decoder and scikit-learn, seconds to import.
    from training.datasets.registry import DATASETS
    from training.sources_datasets import CropOptions, read_data_set

    if source not in DATASETS:
        known = ", ".join((SYNTHETIC, *DATASETS))
        raise KnobsInvalid(f"data.source is {source!r}; known are {known}")
    return read_data_set(
        knobs.network, DATASETS[source], _options(CropOptions, options), knobs.seed
    )


def _options(kind: type, values: dict[str, Any]) -> Any:
    known = [field.name for field in dataclasses.fields(kind)]
    unknown = next((name for name in values if name not in known), None)
    if unknown is not None:
        raise KnobsInvalid(f"data.{unknown} is not a knob; known are source, {', '.join(known)}")
    try:
        return TypeAdapter(kind).validate_python(values)
    except ValidationError as fault:
        first = fault.errors()[0]
        place = ".".join(("data", *map(str, first["loc"])))
        raise KnobsInvalid(f"{place} is {first['input']!r}: {first['msg']}") from fault


def _synthetic(network: str, options: SyntheticOptions) -> Sources:
    counts = (options.persons, *[max(2, options.persons // _SHARE)] * 2)
    splits = (Split.TRAIN, Split.CALIBRATION, Split.HELD_OUT)
    setting = Setting(
        "synthetic proving ground, held-out persons",
        "person-disjoint; the epoch chosen on other persons, evaluated once",
    )
    if network in _SEVERITY:
        drawn = [
            _severity(make_faces(split, _config(options, count)))
            for split, count in zip(splits, counts, strict=True)
        ]
        return Sources(*drawn, classes=(), unit=Unit.CLIP, setting=setting)
    if network in _EXPRESSION:
        drawn = [
            _expressions(make_expression_faces(split, count), options.side)
            for split, count in zip(splits, counts, strict=True)
        ]
        return Sources(*drawn, classes=EXPRESSIONS, unit=Unit.FRAME, setting=setting)
    known = ", ".join(sorted(_SEVERITY | _EXPRESSION))
    raise KnobsInvalid(f"data.source synthetic teaches {known}; {network} needs a data set")


def _config(options: SyntheticOptions, persons: int) -> SyntheticConfig:
    return SyntheticConfig(persons, options.clips, options.frames, options.side)


def _severity(faces: FaceSet) -> Examples:
    return Examples({FACES: faces.faces}, faces.labels, faces.persons, faces.clips)


def _expressions(faces: Examples, side: int) -> Examples:
    """The same faces (n, side, side, 3)."""
    small = [cv2.resize(f, (side, side), interpolation=cv2.INTER_AREA) for f in faces.inputs[FACES]]
    return Examples({FACES: np.stack(small)}, faces.labels, faces.persons, faces.units)
