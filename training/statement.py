"""What a release says of its weights, and what it may not claim.

    statement.json   training_data, limits, licence, intended_use, demonstration (what you know)
    evaluation.json  evidence, calibration (what was measured)

Without a statement the release says that nothing was stated, and stays a demonstration.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from training.faults import ReleaseRefused
from training.repository import ROOT

SCHEMA = ROOT / "model_repository" / "manifest.schema.json"

#: The parts of a manifest that a statement may replace.
STATED = ("title", "training_data", "limits", "licence", "intended_use", "demonstration")

#: What must be known of weights before they may be called more than a demonstration.
NEEDED = ("training_data", "limits", "licence")

Document = dict[str, Any]


def read_document(path: Path, what: str) -> Document:
    """A JSON object; raises `ReleaseRefused` naming the file."""
    try:
        document = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise ReleaseRefused(f"cannot read the {what} {path}: {error}") from error
    if not isinstance(document, dict):
        raise ReleaseRefused(f"the {what} {path} is no JSON object")
    return document


def read_evaluation(path: Path | None, checkpoint_sha256: str) -> tuple[Any, Any]:
    """Evidence and calibration of an evaluation document, None and None without one.

    Raises `ReleaseRefused` when it has neither, or was made with another checkpoint.
    """
    if path is None:
        return None, None
    document = read_document(path, "evaluation")
    if "evidence" not in document:
        raise ReleaseRefused(f"the evaluation {path} has no evidence")
    weighed = document.get("checkpoint_sha256", checkpoint_sha256)
    if weighed != checkpoint_sha256:
        raise ReleaseRefused(
            f"the evaluation {path} is of another checkpoint ({weighed}, this is"
            f" {checkpoint_sha256}): evaluate the checkpoint that you release"
        )
    return document["evidence"], document.get("calibration")


def stated_parts(
    static: Mapping[str, Any], statement: Document | None, evidence: Any, knobs: Mapping[str, Any]
) -> Document:
    """The parts of the manifest that these weights say otherwise than the committed one.

    Raises `ReleaseRefused` for an unknown part, and for weights that are called more than a
    demonstration without evidence or without saying what they were trained on.
    """
    stated = statement or {}
    unknown = sorted(set(stated) - set(STATED))
    if unknown:
        raise ReleaseRefused(f"a statement says {', '.join(STATED)}, and not {', '.join(unknown)}")
    parts = {**_unstated(static, knobs), **stated}
    if not parts["demonstration"]:
        missing = [part for part in NEEDED if part not in stated]
        missing += ["evidence (--evaluation)"] if evidence is None else []
        if missing:
            raise ReleaseRefused(
                f"weights without {', '.join(missing)} can only be released as a demonstration"
            )
    return parts


def _unstated(static: Mapping[str, Any], knobs: Mapping[str, Any]) -> Document:
    data = json.dumps(knobs.get("data") or {}, sort_keys=True)
    return {
        "demonstration": True,
        "training_data": f"Not stated at the release; the run's own data knobs are {data}.",
        "licence": {
            **static["licence"],
            "weights": "not stated at the release; the terms of the training data hold",
            "commercial_use": False,
            "source": "python -m training.train",
        },
    }


def require_valid(manifest: Document) -> None:
    """Raise `ReleaseRefused` unless a complete manifest is as the schema says."""
    try:
        Draft202012Validator(json.loads(SCHEMA.read_text())).validate(manifest)
    except ValidationError as error:
        place = ".".join(map(str, error.absolute_path)) or "the manifest"
        raise ReleaseRefused(f"no valid manifest: {place}: {error.message}") from error
