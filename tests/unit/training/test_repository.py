"""The repository on disk: kept while nothing changed, rebuilt when anything did."""

import json
from pathlib import Path

import pytest

from training.repository import ROOT, Measured, ModelFolder, Recipe
from training.weights import EXPRESSION_RECIPE, SEVERITY_RECIPES

KEY, OTHER_KEY = "a" * 64, "b" * 64
MEASURED = Measured(None, None, {"tolerance": 1e-3, "max_abs_difference": 0.0}, "2.0", 1.25)


@pytest.fixture
def folder(tmp_path: Path) -> ModelFolder:
    return ModelFolder(tmp_path, "hmhn")


def test_nothing_is_built_in_an_empty_repository(folder: ModelFolder) -> None:
    assert not folder.is_built(KEY)


def test_what_was_written_is_built(folder: ModelFolder) -> None:
    # when
    folder.write(b"graph", KEY, MEASURED)

    # then
    assert folder.is_built(KEY)
    assert folder.graph.read_bytes() == b"graph"


def test_other_sources_make_the_weights_stale(folder: ModelFolder) -> None:
    # given
    folder.write(b"graph", KEY, MEASURED)

    # then
    assert not folder.is_built(OTHER_KEY)


def test_an_altered_graph_is_not_believed(folder: ModelFolder) -> None:
    # given
    folder.write(b"graph", KEY, MEASURED)

    # when
    folder.graph.write_bytes(b"tampered")

    # then
    assert not folder.is_built(KEY)


def test_a_changed_static_manifest_is_taken_over_without_a_fit(folder: ModelFolder) -> None:
    # given
    folder.write(b"graph", KEY, MEASURED)
    manifest = json.loads(folder.manifest.read_text())
    folder.manifest.write_text(json.dumps({**manifest, "title": "an old title"}))

    # when
    folder.refresh()

    # then
    renewed = json.loads(folder.manifest.read_text())
    assert renewed["title"] == folder.static()["title"]
    assert renewed["built"] == {"source_sha256": KEY, "torch": "2.0", "seconds": 1.2}


def test_the_key_changes_with_the_pinned_files() -> None:
    # given
    without = Recipe(EXPRESSION_RECIPE.sources)

    # then
    assert without.key() != EXPRESSION_RECIPE.key()
    assert EXPRESSION_RECIPE.key() == EXPRESSION_RECIPE.key()


@pytest.mark.parametrize("recipe", [EXPRESSION_RECIPE, *SEVERITY_RECIPES.values()])
def test_every_source_of_a_recipe_exists(recipe: Recipe) -> None:
    assert [source for source in recipe.sources if not (ROOT / source).is_file()] == []


def test_the_recipes_name_every_module_that_the_fit_imports() -> None:
    # given the modules that `training.fit` and `training.fitting` reach, by their import lines
    reached, waiting = set(), ["training/fit.py"]
    while waiting:
        source = waiting.pop()
        if source in reached:
            continue
        reached.add(source)
        imports = [
            line.split()[1]
            for line in (ROOT / source).read_text().splitlines()
            if line.startswith(("from training.", "from networks."))
        ]
        waiting += [module.replace(".", "/") + ".py" for module in imports]

    # then all but the faults, which decide nothing, are part of a key
    named = {source for recipe in SEVERITY_RECIPES.values() for source in recipe.sources}
    assert reached - {"training/faults.py"} == named
