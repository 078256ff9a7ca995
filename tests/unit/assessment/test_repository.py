"""What is refused when the model repository is read, and in which words."""

import json
from pathlib import Path
from typing import Any

import pytest

from assessment.manifest_seal import is_broken, sealed
from assessment.repository import read_repository
from tests.samples import a_manifest

GOLDEN = {
    "clip_sha256": "",
    "weights_sha256": "",
    "faces_sha256": "",
    "tolerance": {"exact": 1, "other_faces": 1, "reduced": 1},
}
CALIBRATION = {"method": "", "n": 1, "level": 0.9, "half_width": 1, "residuals": [1.0]}


def write(repository: Path, name: str, document: object, version: str = "1") -> Path:
    path = repository / name / version / "manifest.json"
    path.parent.mkdir(parents=True)
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def document(name: str = "hmhn", **changes: Any) -> dict[str, Any]:
    return sealed({**a_manifest(name).document, **changes})


def test_sealed_manifests_are_found_by_name(tmp_path: Path):
    write(tmp_path, "hmhn", document())

    found = read_repository(tmp_path)

    assert found.sound["hmhn"].face_size == 224
    assert found.refused == {}
    assert found.graph("hmhn") == tmp_path / "hmhn" / "1" / "model.onnx"


def test_the_highest_version_counts(tmp_path: Path):
    for version in ("1", "9", "10"):
        write(tmp_path, "hmhn", document(version=version), version)

    assert read_repository(tmp_path).sound["hmhn"].version == "10"


@pytest.mark.parametrize(
    "change",
    [
        {"labels": ["happy", "neutral"]},
        {"calibration": {"half_width": 0.1}},
        {"demonstration": False},
        {"sha256": "f" * 64},
    ],
)
def test_a_manifest_edited_after_the_build_is_refused(tmp_path: Path, change: dict[str, Any]):
    write(tmp_path, "hmhn", {**document(), **change})
    write(tmp_path, "expression", document("expression"))

    found = read_repository(tmp_path)

    assert found.refused["hmhn"].code == "manifest_tampered"
    assert set(found.sound) == {"expression"}


def test_a_network_without_its_manifest_is_refused_and_one_that_is_not_built_is_not(tmp_path: Path):
    graph = tmp_path / "hmhn" / "1" / "model.onnx"
    graph.parent.mkdir(parents=True)
    graph.write_bytes(b"graph")
    (tmp_path / "two_stream" / "configs").mkdir(parents=True)
    write(tmp_path, "expression", document("expression"))

    found = read_repository(tmp_path)

    assert {name: one.code for name, one in found.refused.items()} == {"hmhn": "manifest_missing"}


def test_a_manifest_without_a_seal_is_refused(tmp_path: Path):
    write(tmp_path, "hmhn", a_manifest("hmhn").document)

    assert read_repository(tmp_path).refused["hmhn"].code == "manifest_unsealed"


@pytest.mark.parametrize("seal", [None, [], "é", 5])
def test_a_seal_that_is_none_opens_nothing(tmp_path: Path, seal: object):
    write(tmp_path, "hmhn", {**document(), "demonstration": False, "seal": seal})

    assert read_repository(tmp_path).refused["hmhn"].code == "manifest_tampered"


@pytest.mark.parametrize(
    "content",
    ['{"a": ' + "[" * 100_000, json.dumps({**document(), "title": "\ud800"}), "9" * 5000],
    ids=["too deep", "half a character", "too long a number"],
)
def test_what_no_manifest_can_be_is_unreadable_and_ends_nobody(tmp_path: Path, content: str):
    write(tmp_path, "hmhn", content)

    assert read_repository(tmp_path).refused["hmhn"].code == "manifest_unreadable"


@pytest.mark.parametrize(
    "change",
    [
        {"golden": {**GOLDEN, "values": [["a"]]}},
        {"applicability": ["DE"]},
        {"output": []},
        {"calibration": {**CALIBRATION, "level": float("nan")}},
    ],
)
def test_a_sealed_manifest_with_other_kinds_of_values_is_unreadable(
    tmp_path: Path, change: dict[str, Any]
):
    write(tmp_path, "hmhn", document(**change))

    assert read_repository(tmp_path).refused["hmhn"].code == "manifest_unreadable"


def test_a_manifest_in_anothers_place_is_refused(tmp_path: Path):
    write(tmp_path, "ddl_resnet50", document("hmhn"))

    assert read_repository(tmp_path).refused["ddl_resnet50"].code == "manifest_tampered"


@pytest.mark.parametrize("content", ["", "{", "[]", '"text"', sealed({"name": "hmhn"})])
def test_a_manifest_that_cannot_be_read_is_refused(tmp_path: Path, content: object):
    write(tmp_path, "hmhn", content)

    assert read_repository(tmp_path).refused["hmhn"].code == "manifest_unreadable"


def test_a_repository_without_weights_says_what_to_do(tmp_path: Path):
    (reason,) = read_repository(tmp_path).refused.values()

    assert reason.code == "misconfigured"
    assert "make weights" in reason.to_dict()["advice"]


def test_the_seal_does_not_depend_on_the_order_or_the_spaces_of_the_file():
    written = document()
    reordered = dict(reversed(json.loads(json.dumps(written, indent=7)).items()))

    assert not is_broken(reordered)
