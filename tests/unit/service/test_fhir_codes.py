"""The code system of the FHIR export, and that every part of a result has a code of it."""

import json
from typing import Any

import pytest
from fhir.resources.codesystem import CodeSystem as CodeSystemR5
from fhir.resources.R4B.codesystem import CodeSystem as CodeSystemR4

from service.fhir import Release, bundle
from service.fhir_codes import IDENTIFIERS, SYSTEM, code_system
from tests.unit.service.fhir_results import (
    BUNDLES,
    RESULTS,
    concluded,
    ended,
    every_node,
    exported,
    observations,
    parts,
    result_of,
)


@pytest.mark.parametrize("reads", [CodeSystemR5, CodeSystemR4])
def test_the_code_system_is_a_valid_resource(reads):
    read = reads.model_validate(code_system())

    assert json.loads(read.model_dump_json()) == code_system()


def test_the_code_system_defines_every_code_but_labels_and_rejections():
    defined = {one["code"] for one in code_system()["concept"]}
    open_ended = ("label-", "mean-", "time-", "rejected-")

    used = {
        node["code"]
        for name in RESULTS
        for node in every_node(exported(result_of(name)))
        if node.get("system") == SYSTEM and not node["code"].startswith(open_ended)
    }

    assert used <= defined
    assert {"severity-estimate", "interval-low", "no_face", "software"} <= used
    assert IDENTIFIERS != SYSTEM


def told_in_full() -> dict[str, Any]:
    """Return a result with a change, expressivity and movement, as its JSON says them."""
    plain = json.loads(json.dumps(concluded().to_dict()))
    turning = {"low": -0.1, "high": 0.2, "median_per_second": 0.05}
    labels = plain["expression"]["labels"]
    plain["severity"][0]["change"] = {
        "baseline_id": "asm_1",
        "point_difference": -3.2,
        "smallest_detectable": 12.4,
        "verdict": "no_reliable_change",
    }
    plain["severity"][0]["band"] = "moderate"
    plain["expressivity"] = [
        {
            "model": "expression",
            "observed_ms": 9000,
            "share": dict.fromkeys(labels, 0.1),
            "uncertain": 0.3,
            "transitions_per_minute": 4.2,
            "smiles": {"count": 2, "mean_ms": 1200, "total_ms": 2400},
        }
    ]
    plain["movement"] = {
        "observed_ms": 9000,
        "interval_ms": 400,
        "yaw": turning,
        "pitch": turning,
        "roll_degrees": turning,
        "still": 0.6,
        "blinks_per_minute": None,
    }
    return plain


@pytest.mark.parametrize("release", Release)
def test_change_expressivity_and_movement_are_valid_parts(release):
    whole = bundle(ended(), told_in_full(), release)

    BUNDLES[release].model_validate(whole)

    found = observations(whole)
    severity = found["severity/hmhn"]
    assert severity["interpretation"][0]["coding"][0]["code"] == "band-moderate"
    assert parts(severity)["change-from-baseline"] == -3.2
    assert parts(found["expression/expression"])["smile-mean-duration"] == 1200
    moved = {one["code"]["coding"][0]["code"]: one for one in found["movement"]["component"]}
    assert moved["roll-high"]["valueQuantity"]["code"] == "deg"
    assert moved["blink-rate"]["dataAbsentReason"]["coding"][0]["code"] == "unsupported"
    defined = {one["code"] for one in code_system()["concept"]}
    assert {code for code in moved if not code.startswith("time-")} <= defined
