"""The golden clip is there, decodes, and becomes what each kind of network takes."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from assessment.faults import Misconfigured
from assessment.manifest import Manifest
from tests.samples import a_manifest
from worker.answers import Rows, Scores
from worker.faces import Face
from worker.golden import (
    GOLDEN_CLIP,
    GoldenFaces,
    clip_sha256,
    golden_faces,
    golden_values,
)
from worker.video import Pixels

POINTS = np.array([[200, 150], [270, 150], [235, 190], [208, 230], [265, 230]], np.float32)


class Sure:
    """Sees one face where the drawn one is, after `blind` frames."""

    def __init__(self, blind: int = 0) -> None:
        self._blind = blind

    def find(self, pixels: Pixels) -> list[Face]:
        assert pixels.shape == (360, 480, 3)
        self._blind -= 1
        return [] if self._blind >= 0 else [Face((140, 60, 330, 300), POINTS, 0.9)]


def drawn(count: int) -> GoldenFaces:
    random = np.random.default_rng(0)
    faces = random.integers(0, 255, (17, 224, 224, 3), np.uint8)
    every = {17: 3, 5: 12}[count]
    return GoldenFaces(every, faces[:: every // 3], "a" * 64)


def test_the_bundled_clip_is_small_and_is_the_one_that_manifests_speak_of() -> None:
    content = GOLDEN_CLIP.read_bytes()

    assert len(content) < 100_000
    assert clip_sha256() == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(("name", "count"), [("hmhn", 5), ("two_stream", 17)])
def test_the_clip_gives_as_many_faces_as_the_networks_need(name: str, count: int) -> None:
    golden = golden_faces(Sure(), [a_manifest("expression"), a_manifest(name)])

    assert golden.faces.shape == (count, 224, 224, 3)
    assert len(golden.of(a_manifest("expression"))) == 5
    # the mouth has moved from the first face to the last
    assert np.abs(golden.faces[0].astype(int) - golden.faces[-1]).max() > 50


def test_single_faces_are_the_same_whatever_else_is_served() -> None:
    few = golden_faces(Sure(), [a_manifest("hmhn")])
    many = golden_faces(Sure(), [a_manifest("hmhn"), a_manifest("two_stream")])

    assert few.sha256(a_manifest("hmhn")) == many.sha256(a_manifest("hmhn"))


def test_a_frame_without_a_face_is_said_to_be_the_reason() -> None:
    with pytest.raises(Misconfigured, match="4 faces in 5 frames"):
        golden_faces(Sure(blind=1), [a_manifest("hmhn")])


@pytest.mark.parametrize("content", [None, b"no video"])
def test_a_clip_that_cannot_be_read_is_said_to_be_the_reason(
    tmp_path: Path, content: bytes | None
) -> None:
    clip = tmp_path / "golden.mp4"
    if content is not None:
        clip.write_bytes(content)

    with pytest.raises(Misconfigured, match="golden clip"):
        golden_faces(Sure(), [a_manifest("hmhn")], clip)


@pytest.mark.parametrize(
    ("name", "count", "rows", "features"),
    [
        ("hmhn", 5, {"faces": (5, 224, 224, 3)}, None),
        ("expression", 17, {"faces": (5, 112, 112, 3)}, None),
        ("two_stream", 17, {"faces": (1, 224, 224, 3), "flow": (1, 224, 224, 20)}, None),
        ("micro_expression", 17, {"motion": (1, 28, 28, 3)}, None),
        (
            "attention_pooling",
            17,
            {"features": (1, 17, 2048), "mask": (1, 17)},
            "resnet50_features",
        ),
    ],
)
def test_every_kind_of_network_is_asked_as_the_pipeline_asks_it(
    name: str, count: int, rows: dict[str, tuple[int, ...]], features: str | None
) -> None:
    asked: dict[str, dict[str, tuple[int, ...]]] = {}

    def ask(manifest: Manifest, given: Rows) -> Scores:
        asked[manifest.name] = {key: values.shape for key, values in given.items()}
        return np.ones((len(next(iter(given.values()))), manifest.width), np.float32)

    behind = a_manifest(features) if features else None

    values = golden_values(a_manifest(name), drawn(count), ask, behind)

    assert asked[name] == rows
    assert set(asked) == {name, features} - {None}
    assert all(0 < len(row) <= 16 for row in values)
