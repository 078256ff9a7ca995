"""`mien models`: what is decided, what is refused, and what stands in the file afterwards."""

import json
from pathlib import Path

import pytest

from assessment.serving import Serving
from assessment.serving_file import SERVING, read_serving
from launch.__main__ import main
from tests.unit.assessment.test_serving import build


def models(folder: Path, *words: str) -> int:
    return main(["models", words[0], "--repository", str(folder), *words[1:]], {}, folder)


def test_a_canary_is_begun_promoted_and_rolled_back(tmp_path: Path, capsys):
    network = build(tmp_path, "1", "2") / "hmhn"

    assert models(tmp_path, "canary", "hmhn", "--version", "2", "--share", "0.25") == 0
    assert read_serving(network) == Serving("1", "2", 0.25)
    assert "version 2 scores 25.0%, 1 the others" in capsys.readouterr().out
    assert models(tmp_path, "promote", "hmhn") == 0
    assert read_serving(network) == Serving("2", before="1")
    assert models(tmp_path, "rollback", "hmhn") == 0
    assert read_serving(network) == Serving("1")


def test_the_version_that_serves_can_be_held_before_a_newer_one_is_there(tmp_path: Path):
    network = build(tmp_path, "1") / "hmhn"

    assert models(tmp_path, "promote", "hmhn", "--version", "1") == 0
    build(tmp_path, "2")

    assert read_serving(network) == Serving("1")


def test_what_is_built_and_what_scores_is_listed(tmp_path: Path, capsys):
    build(tmp_path, "1", "2")
    models(tmp_path, "canary", "hmhn", "--version", "2")
    capsys.readouterr()

    assert models(tmp_path, "list", "--json") == 0

    (row,) = json.loads(capsys.readouterr().out)
    assert row == {
        "network": "hmhn", "stable": "1", "canary": "2", "share": 0.1, "before": None,
        "built": "1, 2",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["canary", "hmhn", "--version", "9"], "which is not built"),
        (["canary", "hmhn", "--version", "2", "--share", "0"], "share"),
        (["canary", "nobody", "--version", "2"], "no version of nobody is built"),
        (["promote", "hmhn"], "no canary"),
        (["rollback", "hmhn"], "neither"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    tmp_path: Path, capsys, words: list[str], said: str
):
    build(tmp_path, "1", "2")

    assert models(tmp_path, *words) == 1

    assert said in capsys.readouterr().err
    assert not (tmp_path / "hmhn" / SERVING).exists()


def test_a_version_whose_manifest_was_edited_is_no_canary(tmp_path: Path, capsys):
    build(tmp_path, "1", "2")
    path = tmp_path / "hmhn" / "2" / "manifest.json"
    path.write_text(path.read_text().replace('"demonstration": true', '"demonstration": false'))

    assert models(tmp_path, "canary", "hmhn", "--version", "2") == 1
    assert "not as it was when it was built" in capsys.readouterr().err


def test_a_folder_that_is_none_is_told(tmp_path: Path, capsys):
    assert models(tmp_path / "nowhere", "list") == 1
    assert "no model repository" in capsys.readouterr().err
