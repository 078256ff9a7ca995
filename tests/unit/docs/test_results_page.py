"""docs/results.md names every field of a result, and no field that is not there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from assessment.sandbox import Reason
from service.fhir_codes import ABSENCE, IDENTIFIERS, OBSERVATIONS, SYSTEM
from service.result_bodies import ResultBody

PAGE = (Path(__file__).resolve().parents[3] / "docs/results.md").read_text()


def section(title: str) -> str:
    """Return what stands below a heading, down to the next one of its level."""
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def first_cells(text: str) -> set[str]:
    """Return the code words in the first column of the tables."""
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


def paths(body: type[BaseModel], before: str = "") -> Iterator[str]:
    for name, field in body.model_fields.items():
        yield before + name
        for inner in shapes(field.annotation):
            yield from paths(inner, f"{before}{name}.")


def shapes(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from shapes(part)


def shortened(path: str) -> str:
    """Return the path as the page has it: one table for both places of an expression."""
    for long, short in {
        "more_expressions.": "expression.",
        "movement.pitch.": "movement.yaw.",
        "movement.roll_degrees.": "movement.yaw.",
    }.items():
        path = path.replace(long, short) if path.startswith(long) else path
    return path


def test_every_field_of_a_result_is_explained_and_no_other():
    fields = {shortened(path) for path in paths(ResultBody)}

    assert first_cells(section("Every field")) == fields


def test_every_reason_to_withhold_is_explained():
    assert {one.value for one in Reason} <= first_cells(section("Why there is no number"))


def test_the_page_says_how_fhir_says_it():
    told = section("In a health record: FHIR")

    assert SYSTEM in told
    assert IDENTIFIERS in told
    assert set(OBSERVATIONS) <= set(re.findall(r"`([^`]+)`", told))
    assert set(ABSENCE.values()) <= set(re.findall(r"`([^`]+)`", told))
    assert {one.value for one in Reason} <= set(ABSENCE)
