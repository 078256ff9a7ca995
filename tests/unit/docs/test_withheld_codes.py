"""The manual explains every code with which an analysis can be withheld, and every setting."""

import re
from pathlib import Path

import pytest

from assessment.sandbox import Reason
from assessment.settings import Settings

DOCS = Path(__file__).resolve().parents[3] / "docs"
SECTION = re.compile(r"^## Why there is no number$(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


def section() -> str:
    found = SECTION.search((DOCS / "results.md").read_text())
    assert found is not None
    return found[1]


def rows() -> dict[str, list[str]]:
    """Return the cells after the first one, by code."""
    lines = [line.split("|")[1:-1] for line in section().splitlines() if line.startswith("| `")]
    return {cells[0].strip(" `"): [cell.strip() for cell in cells[1:]] for cells in lines}


def test_every_code_has_one_row_and_no_row_has_another_code() -> None:
    assert set(rows()) == set(Reason)
    assert section().count("\n| `") == len(Reason)


@pytest.mark.parametrize("code", Reason)
def test_every_row_says_when_what_there_is_what_it_takes_and_what_to_do(code: str) -> None:
    when, have_and_need, advice = rows()[code]

    have, need = have_and_need.split(" / ")
    assert all(len(cell) > 5 for cell in (when, have, need, advice))


@pytest.mark.parametrize(
    "setting",
    ["public_url", "licences", "jurisdictions", "api_key", "detector", "callback_allow_loopback"],
)
def test_the_settings_of_the_gates_are_explained(setting: str) -> None:
    assert setting in Settings.model_fields
    assert f"`MIEN_{setting.upper()}" in section()
