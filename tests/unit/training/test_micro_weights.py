"""The demonstration weights of the micro-expression network: fitted, exported, vouched for."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
from jsonschema import Draft202012Validator

from networks.tensors import MICRO_EXPRESSION
from training.export import run, session
from training.micro_weights import KNOBS, Effort, fit_micro
from training.repository import ROOT, ModelFolder

SMALL = Effort(persons=3, held_out=2, each=1, knobs=replace(KNOBS, epochs=1, batch=4))


def test_a_fit_ends_in_a_graph_and_a_manifest_that_vouches_for_it(tmp_path: Path) -> None:
    # given
    stages: list[str] = []

    # when
    fitted = fit_micro(lambda stage, done, total: stages.append(stage), SMALL)
    folder = ModelFolder(tmp_path, MICRO_EXPRESSION.name)
    folder.write(fitted.content, "0" * 64, fitted.measured)

    # then
    schema = json.loads((ROOT / "model_repository" / "manifest.schema.json").read_text())
    manifest = json.loads(folder.manifest.read_text())
    Draft202012Validator(schema).validate(manifest)
    assert folder.is_built("0" * 64)
    assert manifest["evidence"]["unit"] == "event"
    assert manifest["evidence"]["n"] == 6
    assert manifest["calibration"] is None
    assert manifest["parity"]["max_abs_difference"] <= manifest["parity"]["tolerance"]
    assert {"drawing events", "exporting", "weighing"} <= set(stages)
    assert fitted.summary().startswith("fitted micro_expression in ")

    # and the graph gives probabilities for any number of events
    events = np.random.default_rng(1).standard_normal((3, 28, 28, 3)).astype(np.float32)
    answer = run(session(fitted.content), {"motion": events}, batch=2)["probabilities"]
    assert answer.shape == (3, 3)
    assert np.allclose(answer.sum(axis=1), 1.0, atol=1e-5)
