"""The golden clip on the real stack, and one recording in batches of any size."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from tritonclient.grpc import InferenceServerClient

from assessment.assessment import Progress
from assessment.golden import Golden
from assessment.measurement import Measurement
from assessment.repository import Repository, read_repository
from assessment.request import AssessmentRequest, Sampling
from launch.triton_control import CONTROL_FILE
from tests.stack.conftest import PROJECT, Stack
from worker.examination import Examination
from worker.faces import FaceFinder
from worker.golden import GOLDEN_CLIP, GoldenFaces, golden_faces
from worker.guard import Guard, Load
from worker.inference import TritonScorer
from worker.pipeline import Pipeline
from worker.video import Limits

pytestmark = pytest.mark.stack

DETECTOR = PROJECT / "weights" / "detector.onnx"
USUAL = ("hmhn", "ddl_resnet50", "expression")
SCORE_TOLERANCE, SHARE_TOLERANCE = 1e-3, 1e-4
"""On the 0-63 scale, and of probabilities: what the golden scores allow the same faces."""


@pytest.fixture(scope="module")
def repository() -> Repository:
    found = read_repository(PROJECT / "model_repository")
    return replace(found, sound={name: found.sound[name] for name in USUAL})


@pytest.fixture(scope="module")
def faces(repository: Repository) -> GoldenFaces:
    return golden_faces(FaceFinder(DETECTOR), repository.sound.values())


@pytest.fixture
def scorer(stack: Stack, repository: Repository) -> Iterator[TritonScorer]:
    address = json.loads((stack.data / CONTROL_FILE).read_text())["grpc"]
    made = TritonScorer(address, repository.sound)
    yield made
    made.close()


def guard_of(repository: Repository, scorer: TritonScorer, faces: GoldenFaces) -> Guard:
    examine = Examination(repository, scorer, lambda: faces)
    return Guard(repository, scorer, examine, every_s=1e9, clock=lambda: 0.0)


def test_a_stack_that_is_ready_has_scored_the_golden_clip_as_it_was_built(stack: Stack):
    body = stack.get("/readyz").json()
    metrics = httpx.get(f"{stack.url}/metrics", timeout=10).text

    assert (body["status"], body["reasons"]) == ("ready", [])
    for name in USUAL:
        assert f'mien_golden_drift{{network="{name}"}} 0.0' in metrics
        assert f"{name} scores the golden clip as it did" in stack.log.read_text()


def test_triton_says_of_the_golden_clip_what_the_built_graph_said(
    repository: Repository, scorer: TritonScorer, faces: GoldenFaces
):
    guard = guard_of(repository, scorer, faces)

    found = guard.look()

    assert found.unfit == ()
    assert set(found.models) == set(USUAL)
    assert guard.open.is_set()


def test_a_look_that_finds_nothing_new_asks_of_one_network_for_its_description(
    scorer: TritonScorer, monkeypatch: pytest.MonkeyPatch
):
    # given a look at networks that have all scored something
    examined = scorer.check()
    for name in USUAL:
        scorer.submit(np.zeros((1, 224, 224, 3), np.uint8), [name]).scores()
    before = loads_when(scorer, lambda loads: all(one.scored for one in loads.values()))

    # when it is counted what is asked from now on
    asked: list[str] = []
    ask = InferenceServerClient.get_model_metadata

    def counting(client: InferenceServerClient, name: str, *more: Any, **options: Any) -> Any:
        asked.append(name)
        return ask(client, name, *more, **options)

    monkeypatch.setattr(InferenceServerClient, "get_model_metadata", counting)
    looks = [scorer.check() for _ in USUAL]

    # then each network was described once, in turn, and none is taken for a new one
    assert looks == [examined] * len(USUAL)
    assert sorted(asked) == sorted(USUAL)
    for name in USUAL:
        assert not scorer.load(name).is_after(before[name])
        assert scorer.load(name).engine == before[name].engine != ""


def loads_when(scorer: TritonScorer, enough: Callable[[dict[str, Load]], bool]) -> dict[str, Load]:
    """Look until it is enough: Triton counts a row a little after it has answered."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        scorer.check()
        loads = {name: scorer.load(name) for name in USUAL}
        if enough(loads):
            return loads
        time.sleep(0.1)
    raise AssertionError("Triton does not count what it scored")


def test_a_network_that_says_something_else_is_named_with_both_numbers(
    repository: Repository, scorer: TritonScorer, faces: GoldenFaces
):
    manifest = repository.sound["hmhn"]
    golden = manifest.golden
    assert golden is not None
    elsewhere: Golden = replace(golden, values=tuple((row[0] + 0.2,) for row in golden.values))
    sound = {**repository.sound, "hmhn": replace(manifest, golden=elsewhere)}

    guard = guard_of(replace(repository, sound=sound), scorer, faces)
    (reason,) = guard.look().unfit

    assert (reason.network, reason.code) == ("hmhn", "golden_drift")
    assert reason.expected is not None
    assert reason.got is not None
    assert abs(reason.expected - reason.got) == pytest.approx(0.2, abs=0.01)
    assert not guard.open.is_set()


def scores_of(measurement: Measurement) -> dict[str, np.ndarray]:
    """Return the numbers of all frames by network, (n, width)."""
    rows: dict[str, list[np.ndarray]] = {}
    for seen in measurement.observations:
        for name, value in (*seen.severity, *seen.expression):
            rows.setdefault(name, []).append(np.atleast_1d(value))
    return {name: np.stack(values) for name, values in rows.items()}


@pytest.mark.slow
def test_one_recording_in_batches_of_1_8_and_32_gives_the_same_numbers(
    repository: Repository, scorer: TritonScorer
):
    def measured(batch_faces: int) -> dict[str, np.ndarray]:
        pipeline = Pipeline(
            limits=Limits(),
            faces=FaceFinder(DETECTOR),
            scorer=scorer,
            manifests=repository.sound,
            batch_faces=batch_faces,
        )
        request = AssessmentRequest(models=USUAL, sampling=Sampling(every_ms=60))
        return scores_of(pipeline(Path(GOLDEN_CLIP), request, _unheard))

    whole = measured(32)

    (count,) = {len(values) for values in whole.values()}
    assert set(whole) == set(USUAL)
    assert count > 8  # more than one batch of the middle size
    for size in (1, 8):
        found = measured(size)
        for name, values in whole.items():
            tolerance = SHARE_TOLERANCE if name == "expression" else SCORE_TOLERANCE
            assert np.abs(found[name] - values).max() <= tolerance


def _unheard(_: Progress) -> None:
    """Nobody watches."""
