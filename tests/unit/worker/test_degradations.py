"""A matrix on a real clip: what goes wrong moves frames into its own bucket, and no other."""

import os
from pathlib import Path

import pytest

from assessment.ledger import Verdict
from tests.media.degradations import DEGRADATIONS
from tests.media.matrix import STRENGTHS, Clip, Row, matrix, right_bucket, table
from worker.faces import FaceFinder
from worker.upright import UprightFaces

WEIGHTS = Path(__file__).parents[3] / "weights"
CLIP = WEIGHTS / "media" / "single_face.mp4"

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def rows() -> dict[tuple[str, str], Row]:
    """The matrix of the clip, by degradation and strength."""
    if not CLIP.exists():
        message = f"no {CLIP.name}: run `make weights`"
        if os.environ.get("CI"):  # noqa: TID251
            pytest.fail(message)
        pytest.skip(message)
    faces = UprightFaces(FaceFinder(WEIGHTS / "detector.onnx"))
    return {(row.name, row.strength): row for row in matrix(Clip.of(CLIP, faces), faces)}


def test_the_clip_itself_is_used_and_reported(rows: dict[tuple[str, str], Row]) -> None:
    clean = rows["nothing", ""]

    assert clean.ledger.sampled == clean.ledger.used == 4
    assert clean.outcome == "reported"


@pytest.mark.parametrize("name", DEGRADATIONS)
def test_little_of_it_is_still_used(rows: dict[tuple[str, str], Row], name: str) -> None:
    mild = rows[name, "mild"]

    assert mild.used_share >= 0.75
    assert mild.outcome == "reported"


@pytest.mark.parametrize("name", DEGRADATIONS)
def test_much_of_it_moves_every_frame_into_its_bucket(
    rows: dict[tuple[str, str], Row], name: str
) -> None:
    strong = rows[name, "strong"]

    assert strong.ledger.used == 0
    assert right_bucket(strong)
    gone = strong.ledger.rejected[Verdict.NO_FACE] == strong.ledger.sampled
    assert strong.outcome == ("no_face" if gone else "quality_too_low")


@pytest.mark.parametrize("name", DEGRADATIONS)
def test_more_of_it_never_uses_more_frames(rows: dict[tuple[str, str], Row], name: str) -> None:
    shares = [rows[name, strength].used_share for strength in STRENGTHS]

    assert shares == sorted(shares, reverse=True)
    assert right_bucket(rows[name, "clear"])


def test_only_faces_that_lie_on_their_side_are_not_found(rows: dict[tuple[str, str], Row]) -> None:
    lost = {key for key, row in rows.items() if row.ledger.rejected[Verdict.NO_FACE]}

    assert lost == {("tilt", "strong")}


def test_the_table_has_a_line_a_row(rows: dict[tuple[str, str], Row]) -> None:
    lines = list(table(list(rows.values())))

    assert len(lines) == 2 + 1 + 8 * 3
    assert lines[2] == "| nothing |  | 4 of 4 | none | `reported` |"
    assert (
        "| blur | strong: 0.0833 eye distances | 0 of 4 | `blurred` 4 | `quality_too_low` |"
        in lines
    )
