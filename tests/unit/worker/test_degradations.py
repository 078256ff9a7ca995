"""A matrix on real clips: what goes wrong moves frames into its own bucket, and no other.

The first clip looks ahead in even light, so that the strengths fit it. The second shows another
person, who cries, leans her head and holds a hand to her face, in hard light on black: what goes
wrong adds to that or makes up for it, and only the rule holds.
"""

import os
from pathlib import Path

import pytest

from assessment.ledger import Verdict
from tests.media.degradations import DEGRADATIONS
from tests.media.matrix import EVERY_MS, STRENGTHS, Clip, Row, matrix, right_bucket, table
from worker.faces import FaceFinder
from worker.upright import UprightFaces

WEIGHTS = Path(__file__).parents[3] / "weights"
CLIP = WEIGHTS / "media" / "single_face.mp4"
OTHER_CLIP = WEIGHTS / "media" / "WolfgangLanger_Pexels.mp4"
OTHER_EVERY_MS = 4500

pytestmark = pytest.mark.stack


Rows = dict[tuple[str, str], Row]


def matrix_of(clip: Path, every_ms: int) -> Rows:
    """Return the matrix of the clip, by degradation and strength."""
    if not clip.exists():
        message = f"no {clip.name}: run `make weights`"
        if os.environ.get("CI"):  # noqa: TID251
            pytest.fail(message)
        pytest.skip(message)
    faces = UprightFaces(FaceFinder(WEIGHTS / "detector.onnx"))
    made = matrix(Clip.of(clip, faces, every_ms), faces)
    return {(row.name, row.strength): row for row in made}


@pytest.fixture(scope="module")
def rows() -> Rows:
    return matrix_of(CLIP, EVERY_MS)


@pytest.fixture(scope="module")
def others() -> Rows:
    return matrix_of(OTHER_CLIP, OTHER_EVERY_MS)


def test_the_clip_itself_is_used_and_reported(rows: Rows) -> None:
    clean = rows["nothing", ""]

    assert clean.ledger.sampled == clean.ledger.used == 4
    assert clean.outcome == "reported"


@pytest.mark.parametrize("name", DEGRADATIONS)
def test_little_of_it_is_still_used(rows: Rows, name: str) -> None:
    mild = rows[name, "mild"]

    assert mild.used_share >= 0.75
    assert mild.outcome == "reported"


@pytest.mark.parametrize("name", DEGRADATIONS)
def test_much_of_it_moves_every_frame_into_its_bucket(rows: Rows, name: str) -> None:
    strong = rows[name, "strong"]

    assert strong.ledger.used == 0
    assert right_bucket(strong)
    gone = strong.ledger.rejected[Verdict.NO_FACE] == strong.ledger.sampled
    assert strong.outcome == ("no_face" if gone else "quality_too_low")


@pytest.mark.parametrize("name", DEGRADATIONS)
def test_more_of_it_never_uses_more_frames(rows: Rows, name: str) -> None:
    shares = [rows[name, strength].used_share for strength in STRENGTHS]

    assert shares == sorted(shares, reverse=True)
    assert right_bucket(rows[name, "clear"])


def test_only_faces_that_lie_on_their_side_are_not_found(rows: Rows) -> None:
    lost = {key for key, row in rows.items() if row.ledger.rejected[Verdict.NO_FACE]}

    assert lost == {("tilt", "strong")}


def test_the_other_clip_is_used_and_reported(others: Rows) -> None:
    clean = others["nothing", ""]

    assert clean.ledger.sampled == clean.ledger.used == 5
    assert clean.outcome == "reported"


@pytest.mark.parametrize("name", DEGRADATIONS)
def test_the_other_clip_loses_frames_to_the_right_bucket_and_never_fewer_for_more(
    others: Rows, name: str
) -> None:
    three = [others[name, strength] for strength in STRENGTHS]
    shares = [row.used_share for row in three]

    assert all(right_bucket(row) for row in three)
    assert shares == sorted(shares, reverse=True)
    assert (shares[0], three[0].outcome) == (1.0, "reported")
    assert shares[2] < 1.0


def test_of_the_other_clip_a_strong_tilt_or_haze_leaves_what_is_still_within_the_bounds(
    others: Rows,
) -> None:
    used = {name: others[name, "strong"].ledger.used for name in DEGRADATIONS}

    # Her head leans the other way, and hard light has contrast to spare.
    kept = {"tilt", "low contrast", "turn away"}
    assert {name for name, count in used.items() if count} <= kept
    assert all(used[name] <= 3 for name in kept)


def test_the_table_has_a_line_a_row(rows: Rows) -> None:
    lines = list(table(list(rows.values())))

    assert len(lines) == 2 + 1 + 8 * 3
    assert lines[2] == "| nothing |  | 4 of 4 | none | `reported` |"
    assert (
        "| blur | strong: 0.0833 eye distances | 0 of 4 | `blurred` 4 | `quality_too_low` |"
        in lines
    )
