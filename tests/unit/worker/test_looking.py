"""What a frame shows, from faces that were placed by hand; and that the ledger always balances."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.ledger import REJECTIONS, Ledger, Verdict
from assessment.request import Select, Subject
from assessment.thresholds import Thresholds
from tests.unit.worker.drawn_faces import face
from worker.faces import Face
from worker.looking import Look, Looker
from worker.stopwatch import Stopwatch
from worker.video import Frame, Pixels

WIDTH, HEIGHT, STEP_MS = 320, 240, 400
NOISE = np.random.default_rng(5).integers(60, 190, (HEIGHT, WIDTH, 3)).astype(np.uint8)
PATIENT, POSTER = face(100, 80, 70), face(260, 10, 40)


@dataclass
class PlacedFaces:
    """Finds the faces that were placed in one frame after another."""

    samples: Sequence[Sequence[Face]]
    next: int = 0

    def find(self, pixels: Pixels) -> list[Face]:
        self.next += 1
        return list(self.samples[self.next - 1])


def looks(
    samples: Sequence[Sequence[Face]],
    subject: Subject | None = None,
    pictures: Sequence[Pixels] | None = None,
    thresholds: Thresholds | None = None,
) -> list[Look]:
    """Return what a looker sees in samples of noise, or of other pictures."""
    watch = Stopwatch(lambda: 0.0)
    finder = PlacedFaces(samples)
    look = Looker(finder, subject or Subject(), thresholds or Thresholds(), watch)
    pictures = pictures or [NOISE] * len(samples)
    return [
        look(Frame(index=number, at_ms=number * STEP_MS, pixels=pixels))
        for number, pixels in enumerate(pictures)
    ]


def verdicts(found: Sequence[Look]) -> list[Verdict]:
    return [one.seen.verdict for one in found]


def test_a_face_is_measured_whatever_becomes_of_it() -> None:
    # Given a face in a sharp picture, and in one that is nearly black,
    used, dark = looks([[PATIENT]] * 2, pictures=[NOISE, NOISE // np.uint8(10)])

    # then both have the same pose, and each its own light; only the first has a crop.
    assert (used.seen.verdict, dark.seen.verdict) == (Verdict.USED, Verdict.TOO_DARK)
    assert used.seen.quality is not None
    assert dark.seen.quality is not None
    assert used.seen.quality.size == dark.seen.quality.size == pytest.approx(28.0)
    assert used.seen.quality.light == pytest.approx(10 * dark.seen.quality.light, rel=0.05)
    assert used.crop is not None
    assert dark.crop is None


def test_nothing_is_measured_where_there_is_no_subject() -> None:
    nobody, poster = looks([[], [POSTER]], Subject(Select.REGION, (0.0, 0.0, 0.5, 1.0)))

    assert (nobody.seen.quality, poster.seen.quality) == (None, None)
    assert verdicts([nobody, poster]) == [Verdict.NO_FACE, Verdict.OTHER_PERSON]


def test_a_poster_is_another_person_while_the_subject_is_not_found() -> None:
    found = looks([[PATIENT, POSTER]] * 4 + [[POSTER]] * 3 + [[PATIENT, POSTER]])

    assert verdicts(found) == [Verdict.USED] * 4 + [Verdict.OTHER_PERSON] * 3 + [Verdict.USED]


def test_a_face_that_the_detector_doubts_is_none() -> None:
    strict = Thresholds(min_confidence=0.8)

    found = looks([[face(100, 80, 70, 0.7)], [face(100, 80, 70, 0.85)]], thresholds=strict)

    assert verdicts(found) == [Verdict.NO_FACE, Verdict.USED]
    assert [one.seen.faces for one in found] == [0, 1]


def picture(seed: int, mean: int, contrast: int) -> Pixels:
    noise = np.random.default_rng(seed).normal(0, contrast, (HEIGHT, WIDTH, 3))
    return np.clip(noise + mean, 0, 255).astype(np.uint8)


FACES = st.builds(
    face,
    st.integers(-60, WIDTH),
    st.integers(-60, HEIGHT),
    st.integers(1, 200),
    st.sampled_from([0.5, 0.61, 0.95]),
)
PICTURES = st.builds(
    picture, st.integers(0, 3), st.integers(0, 255), st.sampled_from([0, 3, 40, 120])
)
SUBJECTS = st.sampled_from(
    [
        Subject(),
        Subject(Select.LARGEST),
        Subject(Select.REGION, (0.2, 0.2, 0.5, 0.5)),
    ]
)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.lists(FACES, max_size=3), PICTURES), max_size=5), SUBJECTS)
def test_every_frame_is_used_or_rejected_for_one_reason(
    samples: list[tuple[list[Face], Pixels]], subject: Subject
) -> None:
    # Given any faces in any pictures,
    found = looks([one for one, _ in samples], subject, [pixels for _, pixels in samples])

    # then the ledger balances, over reasons that are all public,
    ledger = Ledger.of(verdicts(found))
    assert ledger.sampled == len(samples) == ledger.used + sum(ledger.rejected.values())
    assert set(ledger.rejected) == {reason.value for reason in REJECTIONS}

    # and a crop, a box and measures are there exactly when they should be.
    for one in found:
        seen, nobody = one.seen, one.seen.verdict in (Verdict.NO_FACE, Verdict.OTHER_PERSON)
        assert (one.crop is not None) == (seen.verdict is Verdict.USED)
        assert (seen.face is None) == (seen.quality is None) == nobody
        assert (seen.faces == 0) == (seen.verdict is Verdict.NO_FACE)
