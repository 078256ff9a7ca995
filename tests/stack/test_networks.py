"""Every served network answers, through the real Triton, in one assessment of a real video."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from networks.tensors import SERVED
from tests.stack.conftest import MEDIA, Stack

# Slow: six more networks are built for it, by `make networks`.
pytestmark = [pytest.mark.stack, pytest.mark.slow]

ANALYSES = ["severity", "expression", "micro_expressions"]


@pytest.fixture(scope="module")
def listed(stack: Stack) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in stack.get("/v1/models").json()["data"]}


@pytest.fixture(scope="module")
def assessed(stack: Stack, listed: dict[str, dict[str, Any]], sad_to_happy: Path) -> dict[str, Any]:
    named = [name for name, one in listed.items() if one["task"] != "features"]
    return stack.assess(sad_to_happy, analyses=ANALYSES, model=named)


def test_every_network_of_the_project_is_served(listed: dict[str, dict[str, Any]]):
    assert set(listed) == {model.name for model in SERVED}


def test_every_severity_network_gives_an_estimate(
    listed: dict[str, dict[str, Any]], assessed: dict[str, Any]
):
    expected = {name for name, one in listed.items() if one["task"] == "severity"}

    found = {one["model"]: one for one in assessed["result"]["severity"]}

    assert (assessed["outcome"], assessed["result"]["withheld"]) == ("reported", [])
    assert set(found) == expected
    assert all(0 <= one["point"] <= 63 for one in found.values())
    # one number each, and not one and the same
    assert len({one["point"] for one in found.values()}) == len(found)


def test_every_expression_network_says_what_was_shown(
    listed: dict[str, dict[str, Any]], assessed: dict[str, Any]
):
    result = assessed["result"]
    shown = [result["expression"], *result["more_expressions"]]

    assert {one["model"] for one in shown} == {
        name for name, one in listed.items() if one["task"] == "expression"
    }
    for one in shown:
        assert one["labels"] == listed[one["model"]]["labels"]
        assert sum(one["mean"].values()) == pytest.approx(1, abs=0.01)


def test_brief_motion_was_sought_in_every_frame(stack: Stack, assessed: dict[str, Any]):
    result = assessed["result"]
    lines = stack.get(assessed["urls"]["timeline"]).text.splitlines()
    rows = [json.loads(line) for line in lines]
    labels = {"negative", "positive", "surprise"}

    assert result["micro_expressions"] is not None
    for one in result["micro_expressions"]:
        assert one["label"] in labels
        assert 100 <= one["offset_ms"] - one["onset_ms"] <= 500
        assert one["onset_ms"] <= one["apex_ms"] <= one["offset_ms"]
        assert one["low_temporal_resolution"]
    assert any("low temporal resolution" in notice for notice in result["notices"])
    steps = [after["at_ms"] - before["at_ms"] for before, after in pairwise(rows)]
    assert max(steps) < 60
    scored = [row["at_ms"] for row in rows if "hmhn" in row.get("severity", {})]
    assert min(b - a for a, b in pairwise(scored)) > 300


def test_a_network_that_scores_clips_says_one_thing_of_each(stack: Stack, assessed: dict[str, Any]):
    lines = stack.get(assessed["urls"]["timeline"]).text.splitlines()
    said = [json.loads(line).get("severity", {}).get("temporal_resnet50") for line in lines]
    scores = [one for one in said if one is not None]

    assert len(set(scores)) < len(scores) / 10
    assert any(one is None for one in said)


def test_the_report_tells_of_every_network(stack: Stack, assessed: dict[str, Any]):
    page = stack.get(assessed["urls"]["report"]).text

    assert "Micro-expressions" in page
    for model in SERVED:
        assert model.name in page


def test_a_picture_has_an_expression_and_no_severity(stack: Stack):
    result = stack.assess(MEDIA / "multi_face.jpg", subject={"select": "largest"})["result"]

    assert result["expression"]["dominant"] in result["expression"]["labels"]
    assert (result["expression"]["segments"], result["expressivity"]) == ([], None)
    assert result["severity"] is None
    assert [(one["analysis"], one["code"]) for one in result["withheld"]] == [
        ("severity", "usable_face_time_short")
    ]


def test_what_is_not_served_is_refused_with_what_is(stack: Stack, sad_to_happy: Path):
    with stack.client() as api, sad_to_happy.open("rb") as content:
        request = json.dumps({"model": "oracle"})
        parts = {"request": (None, request, "application/json"), "video": ("a", content)}
        answer = api.post("/v1/assessments", files=parts)

    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["pointer"]) == (422, "/request/model")
    assert "temporal_resnet50, two_stream" in error["detail"]
