import time

import numpy as np
import pytest
from tritonclient.utils import InferenceServerException

from assessment.faults import InferenceUnavailable, ModelContract
from tests.samples import manifests
from worker.inference import Deadlines, TritonScorer, resized, status_of

NOBODY = "127.0.0.1:9"
"""The discard port: nothing listens there."""


def test_a_status_is_read_from_the_clients_own_exception() -> None:
    error = InferenceServerException("Socket closed", status="StatusCode.UNAVAILABLE")

    assert status_of(error) == "UNAVAILABLE"
    assert status_of(InferenceServerException("no status")) == "UNKNOWN"


def test_faces_are_halved_by_the_mean_of_four_pixels() -> None:
    faces = np.zeros((2, 224, 224, 3), np.uint8)
    faces[1, ::2] = 200

    small = resized(faces, 112)

    assert small.shape == (2, 112, 112, 3)
    assert small.flags.c_contiguous
    assert (small[0] == 0).all()
    assert (small[1] == 100).all()
    assert resized(faces, 224) is faces


def test_a_server_that_is_away_is_unavailable_within_its_patience() -> None:
    # Given nobody at the address,
    scorer = TritonScorer(NOBODY, manifests(), Deadlines(patience_s=1.0))
    started = time.monotonic()

    # when faces are to be scored, then that ends as an outage, soon.
    pending = scorer.submit(np.zeros((1, 224, 224, 3), np.uint8), ["hmhn"])
    while not pending.wait(0.2):
        assert time.monotonic() - started < 60
    with pytest.raises(InferenceUnavailable):
        pending.scores()
    with pytest.raises(InferenceUnavailable):
        scorer.check()
    scorer.close()


def test_scores_that_nobody_wants_are_not_tried_again() -> None:
    scorer = TritonScorer(NOBODY, manifests(), Deadlines(patience_s=60.0))
    pending = scorer.submit(np.zeros((1, 224, 224, 3), np.uint8), ["hmhn", "expression"])

    pending.cancel()

    assert pending.wait(30.0)
    scorer.close()


def test_a_network_without_a_manifest_is_not_asked_for() -> None:
    scorer = TritonScorer(NOBODY, manifests())

    with pytest.raises(ModelContract):
        scorer.submit(np.zeros((1, 224, 224, 3), np.uint8), ["unknown"])
    scorer.close()
