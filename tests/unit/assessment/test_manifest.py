import json
from pathlib import Path

import pytest

from assessment.faults import Misconfigured
from assessment.manifest import load_manifests
from tests.samples import a_manifest


def write(repository: Path, name: str, content: str) -> None:
    path = repository / name / "1" / "manifest.json"
    path.parent.mkdir(parents=True)
    path.write_text(content)


def test_manifests_are_found_by_name(tmp_path: Path):
    write(tmp_path, "hmhn", json.dumps(a_manifest("hmhn").document))

    assert load_manifests(tmp_path)["hmhn"].face_size == 224


def test_a_repository_without_weights_says_what_to_do(tmp_path: Path):
    with pytest.raises(Misconfigured, match="make weights"):
        load_manifests(tmp_path)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"name": "hmhn"}', '"text"'])
def test_a_damaged_manifest_is_refused(tmp_path: Path, content: str):
    write(tmp_path, "hmhn", content)

    with pytest.raises(Misconfigured):
        load_manifests(tmp_path)
