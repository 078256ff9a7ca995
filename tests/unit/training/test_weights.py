"""What `python -m training.weights` builds: the recipes of the networks, and what is left alone."""

from dataclasses import replace
from pathlib import Path

import pytest

from networks.tensors import SERVED
from training.repository import ROOT, Measured, ModelFolder, Recipe
from training.weights import (
    EXPRESSION,
    MICRO_EXPRESSION,
    SEVERITY_RECIPES,
    SHARED,
    make_shared,
    micro_recipe,
    shared_recipe,
)

MEASURED = Measured(None, None, {"tolerance": 1e-3, "max_abs_difference": 0.0}, "2.0", 1.0)


class Silent:
    """A display that only remembers."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def show(self, task: str, stage: str, done: int, total: int) -> None:
        del task, stage, done, total

    def say(self, line: str) -> None:
        self.lines.append(line)


def test_every_served_network_is_built_by_somebody() -> None:
    built = {EXPRESSION, MICRO_EXPRESSION, *SEVERITY_RECIPES, *SHARED}

    assert built == {model.name for model in SERVED}


@pytest.mark.parametrize("recipe", [shared_recipe(), micro_recipe()], ids=["shared", "micro"])
def test_every_source_of_a_recipe_exists(recipe: Recipe) -> None:
    assert len(recipe.sources) > 10
    assert [source for source in recipe.sources if not (ROOT / source).is_file()] == []


def test_another_trunk_makes_other_shared_networks() -> None:
    # given
    recipe = shared_recipe()
    trunks = {source for one in SEVERITY_RECIPES.values() for source in one.sources}

    # then
    assert trunks <= set(recipe.sources)
    without = replace(recipe, sources=tuple(set(recipe.sources) - {"networks/hmhn.py"}))
    assert without.key() != recipe.key()


def test_what_is_built_from_these_sources_is_left_alone(tmp_path: Path) -> None:
    # given
    display, key = Silent(), shared_recipe().key()
    for name in SHARED:
        ModelFolder(tmp_path, name).write(b"graph", key, MEASURED)

    # when
    make_shared(tmp_path, display)

    # then
    assert display.lines == []
    assert {ModelFolder(tmp_path, name).graph.read_bytes() for name in SHARED} == {b"graph"}
