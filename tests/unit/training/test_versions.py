"""Releases on disk: the next number, whole or not at all, never over another."""

import json
from pathlib import Path

import pytest

from training.faults import VersionExists
from training.repository import Measured, ModelFolder

KEY = "a" * 64
MEASURED = Measured(None, None, {"tolerance": 1e-4, "max_abs_difference": 0.0}, "2.0", 1.0)


@pytest.fixture
def first(tmp_path: Path) -> ModelFolder:
    return ModelFolder(tmp_path, "hmhn")


def content_of(repository: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(repository)): path.read_bytes()
        for path in repository.rglob("*")
        if path.is_file()
    }


def test_releases_start_after_the_version_that_make_weights_builds(first: ModelFolder) -> None:
    # given an empty repository, then one with version 1
    empty = first.next_version().version
    first.write(b"graph", KEY, MEASURED)

    # then
    assert empty == first.next_version().version == "2"


def test_the_next_version_is_one_more_than_the_highest_as_a_number(first: ModelFolder) -> None:
    # given
    for name in ("1", "9", "10", ".11.half", "twelve"):
        (first.repository / "hmhn" / name).mkdir(parents=True)

    # then
    assert first.versions() == (1, 9, 10)
    assert first.next_version().version == "11"


def test_a_release_has_its_own_number_and_leaves_the_others_alone(first: ModelFolder) -> None:
    # given
    first.write(b"first", KEY, MEASURED)
    before = content_of(first.repository)

    # when
    second = first.next_version()
    second.write(b"second", KEY, MEASURED)

    # then
    after = content_of(first.repository)
    assert json.loads(second.manifest.read_text())["version"] == "2"
    assert second.graph.read_bytes() == b"second"
    assert before.items() <= after.items()
    assert set(after) - set(before) == {"hmhn/2/model.onnx", "hmhn/2/manifest.json"}


def test_a_release_never_overwrites_another(first: ModelFolder) -> None:
    # given two that found the same number free
    one, other = first.next_version(), first.next_version()
    one.write(b"one", KEY, MEASURED)
    before = content_of(first.repository)

    # when
    with pytest.raises(VersionExists, match=r"hmhn has a version 2 already"):
        other.write(b"other", KEY, MEASURED)

    # then
    assert content_of(first.repository) == before
    assert sorted(path.name for path in (first.repository / "hmhn").iterdir()) == ["2"]


def test_a_full_disk_leaves_nothing_of_a_release(
    first: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a disk that takes the graph, but not the manifest
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("training.repository.write_json", full)

    # when
    with pytest.raises(OSError, match="No space left"):
        first.next_version().write(b"graph", KEY, MEASURED)

    # then
    assert list((first.repository / "hmhn").iterdir()) == []


def test_the_demonstration_may_be_built_again(first: ModelFolder) -> None:
    # given
    first.write(b"old", KEY, MEASURED)

    # when
    first.write(b"new", "b" * 64, MEASURED)

    # then
    assert first.is_built("b" * 64)
    assert first.graph.read_bytes() == b"new"


def test_what_a_release_states_goes_before_what_is_committed(first: ModelFolder) -> None:
    # given
    stated = Measured(None, None, {}, None, 1.0, {"training_data": "a study", "version": "7"})

    # when
    manifest = first.next_version().complete(b"graph", KEY, stated)

    # then all but the number, which is the folder's
    assert manifest["training_data"] == "a study"
    assert manifest["title"] == first.static()["title"]
    assert manifest["version"] == "2"


def test_a_release_can_be_withdrawn_and_the_demonstration_cannot(first: ModelFolder) -> None:
    # given
    first.write(b"first", KEY, MEASURED)
    second = first.next_version()
    second.write(b"second", KEY, MEASURED)

    # when
    second.withdraw()

    # then
    assert [path.name for path in (first.repository / "hmhn").iterdir()] == ["1"]
    with pytest.raises(VersionExists, match="no release"):
        first.withdraw()
