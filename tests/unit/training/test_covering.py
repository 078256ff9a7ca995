"""On which parts of a face a score hangs: asked of graphs of which it is known."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.unit.training.test_golden import MEASURED, mean_brightness
from training.covering import FIELDS, changes_of, cover, covered, drawn
from training.faults import ManifestBroken
from training.repository import ModelFolder


@pytest.fixture
def folder(tmp_path: Path) -> ModelFolder:
    built = ModelFolder(tmp_path, "hmhn")
    built.write(mean_brightness(), "a" * 64, MEASURED)
    return built


def test_each_copy_has_one_field_covered_and_the_rest_as_it_was():
    # given
    face = np.random.default_rng(1).integers(0, 256, (224, 224, 3), np.uint8)

    # when
    copies = covered(face)

    # then
    assert copies.shape == (49, 224, 224, 3)
    for field, copy in enumerate(copies):
        where = np.argwhere((copy != face).any(axis=2)) // 32
        assert {tuple(one) for one in where} == {(field // FIELDS, field % FIELDS)}


def test_a_score_that_hangs_on_one_field_is_found_there_and_nowhere_else():
    # given a network that sees one patch of the face only
    def ask(faces):
        return faces[:, 32:64, 64:96].astype(np.float32).mean(axis=(1, 2, 3))[:, np.newaxis]

    # when
    found = changes_of(ask)

    # then
    moved = np.argwhere(np.array(found["changes"]))
    assert moved.tolist() == [[1, 2]]
    assert found["score"] == pytest.approx(float(ask(drawn()[np.newaxis])[0, 0]), abs=0.01)


def test_the_map_is_in_the_sealed_manifest_and_is_not_made_twice(folder: ModelFolder):
    # given
    assert not folder.has_covered()
    said: list[str] = []

    # when
    cover([folder], said.append)
    first = folder.manifest.read_bytes()
    cover([folder], said.append)

    # then
    stated = json.loads(first)["covered"]
    assert np.array(stated["changes"]).shape == (FIELDS, FIELDS)
    assert stated["weights_sha256"] == json.loads(first)["sha256"]
    assert len(said) == 1
    assert folder.manifest.read_bytes() == first
    assert folder.has_covered()


def test_a_manifest_that_somebody_changed_is_not_sealed_again(folder: ModelFolder):
    # given
    changed = json.loads(folder.manifest.read_text()) | {"demonstration": False}
    folder.manifest.write_text(json.dumps(changed))

    # then
    with pytest.raises(ManifestBroken):
        cover([folder], lambda _: None)
