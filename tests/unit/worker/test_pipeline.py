from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import pytest

from assessment.assessment import Progress
from assessment.faults import InferenceUnavailable, ModelContract, Stale
from assessment.ledger import Verdict
from assessment.measurement import Observation
from assessment.recording_faults import Undecodable
from assessment.request import Analysis, AssessmentRequest, Sampling, Select, Subject
from tests.media.recordings import counted, number_of, record
from tests.samples import LENIENT, all_manifests
from tests.unit.worker.test_decoder_process import decoders
from worker.answers import Rows, Scores
from worker.faces import Face
from worker.looking import Look
from worker.pipeline import Pipeline, interval_ms, looked_at, networks_of
from worker.scoring import batches
from worker.video import Limits, Pixels

EVERY_FRAME = Sampling(every_ms=None, every_n_frames=1)


@dataclass
class PaintedFaces:
    """Sees one face in a picture, none where its number is in `hidden`, two where in `company`."""

    hidden: frozenset[int] = frozenset()
    company: frozenset[int] = frozenset()

    def find(self, pixels: Pixels) -> list[Face]:
        number = number_of(pixels)
        if number in self.hidden:
            return []
        return [face(160, 120), face(60, 60)][: 1 + (number in self.company)]


def face(x: int, y: int) -> Face:
    """Return a face that looks ahead, 30 pixels between the eyes."""
    around = [[-15, -10], [15, -10], [0, 5], [-12, 20], [12, 20]]
    points = np.array(around, np.float32) + np.array([x, y], np.float32)
    return Face((x - 30, y - 40, x + 30, y + 40), points, 0.9)


@dataclass
class Counted:
    """Scores a face by the number that its picture was painted with."""

    refuse_after: int = 10**9
    batch_sizes: list[int] = field(default_factory=list)
    rows: list[tuple[str, dict[str, tuple[int, ...]]]] = field(default_factory=list)
    canceled: int = 0

    def submit(self, faces: Pixels, networks: Sequence[str]) -> "Counted.Later":
        self.batch_sizes.append(len(faces))
        return Counted.Later(self, faces, networks, len(self.batch_sizes) > self.refuse_after)

    def submit_rows(self, network: str, rows: Rows) -> "Counted.Later":
        """Take a row's first pixel, or a set's number of faces, for its number."""
        self.rows.append((network, {name: values.shape for name, values in rows.items()}))
        first = next(iter(rows.values()))
        return Counted.Later(self, np.zeros((len(first), 8, 8, 3), np.uint8), (network,), False)

    @dataclass
    class Later:
        scorer: "Counted"
        faces: Pixels
        networks: Sequence[str]
        refused: bool
        waits: int = 1

        def wait(self, seconds: float) -> bool:
            self.waits -= 1
            return self.waits < 0

        def scores(self) -> dict[str, Scores]:
            if self.refused:
                raise InferenceUnavailable("busy")
            numbers = np.array([[number_of(face)] for face in self.faces], np.float32)
            widths = {name: all_manifests()[name].width for name in self.networks}
            return {name: np.repeat(numbers, widths[name], axis=1) for name in self.networks}

        def cancel(self) -> None:
            self.scorer.canceled += 1


def pipeline(
    scorer: Counted, faces: PaintedFaces | None = None, clock_step_s: float = 0.0
) -> Pipeline:
    now = [0.0]

    def clock() -> float:
        now[0] += clock_step_s
        return now[0]

    return Pipeline(
        limits=Limits(),
        faces=faces or PaintedFaces(),
        scorer=scorer,
        manifests=all_manifests(),
        batch_faces=4,
        thresholds=LENIENT,
        clock=clock,
    )


def request(**chosen: object) -> AssessmentRequest:
    return AssessmentRequest(**{"sampling": EVERY_FRAME, **chosen})  # pyright: ignore[reportArgumentType]


def nothing(_: Progress) -> None: ...


def painted_png(number: int) -> bytes:
    """Return a picture that is painted with a number."""
    return cv2.imencode(".png", counted(number + 1)[number])[1].tobytes()


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Twenty frames, one every 40 ms, each of its own grey level."""
    return record(tmp_path / "recording", counted(20))


def test_observations_come_in_the_order_of_media_time_with_their_own_scores(video: Path) -> None:
    scorer = Counted()

    measurement = pipeline(scorer)(video, request(), nothing)

    rows = measurement.observations
    assert [row.at_ms for row in rows] == [40 * i for i in range(20)]
    assert [row.verdict for row in rows] == [Verdict.USED] * 20
    assert [row.severity for row in rows] == [
        (("hmhn", float(i)), ("ddl_resnet50", float(i))) for i in range(20)
    ]
    assert [dict(row.expression)["expression"] for row in rows] == [
        (float(i),) * 7 for i in range(20)
    ]
    assert scorer.batch_sizes == [4, 4, 4, 4, 4]


def test_frames_without_a_face_are_told_and_not_scored(video: Path) -> None:
    scorer = Counted()
    faces = PaintedFaces(hidden=frozenset(range(3, 12)), company=frozenset({15}))

    rows = pipeline(scorer, faces)(video, request(), nothing).observations

    assert [row.verdict is Verdict.NO_FACE for row in rows] == [3 <= i < 12 for i in range(20)]
    assert all(row.severity == () for row in rows[3:12])
    assert [row.faces for row in rows[14:17]] == [1, 2, 1]
    assert [row.severity[0][1] for row in rows[12:]] == [float(i) for i in range(12, 20)]
    assert scorer.batch_sizes == [4, 4, 3]


def test_a_recording_without_a_face_never_asks_triton(video: Path) -> None:
    scorer = Counted()

    measurement = pipeline(scorer, PaintedFaces(frozenset(range(20))))(video, request(), nothing)

    assert scorer.batch_sizes == []
    assert {row.verdict for row in measurement.observations} == {Verdict.NO_FACE}


def test_a_face_outside_the_region_is_another_person(video: Path) -> None:
    corner = Subject(Select.REGION, (0.0, 0.0, 0.2, 0.2))

    rows = pipeline(Counted())(video, request(subject=corner), nothing).observations

    assert {row.verdict for row in rows} == {Verdict.OTHER_PERSON}


def test_the_media_are_those_of_the_recording(video: Path) -> None:
    media = pipeline(Counted())(video, request(), nothing).media

    assert (media.width, media.height, media.codec, media.container) == (320, 240, "h264", "mp4")
    assert (media.frames, media.duration_ms, media.sample_interval_ms) == (20, 800, 40.0)


def test_the_timings_name_every_stage(video: Path) -> None:
    timings = pipeline(Counted())(video, request(), nothing).timings_ms

    assert set(timings) == {"decode", "detect", "align", "infer", "total"}


def test_progress_is_told_for_every_batch_and_rises(video: Path) -> None:
    told: list[Progress] = []

    pipeline(Counted())(video, request(), told.append)

    percents = [progress.percent for progress in told]
    assert len(percents) == 5
    assert percents == sorted(percents)
    assert 80 < percents[-1] < 95


def test_progress_is_told_every_two_seconds_however_long_a_batch_takes(video: Path) -> None:
    # Given a clock that moves 1.5 s whenever it is read,
    told: list[Progress] = []

    pipeline(Counted(), clock_step_s=1.5)(video, request(), told.append)

    # then nearly every frame brings a word.
    assert len(told) > 10


def test_an_assessment_that_was_taken_away_stops_at_once(video: Path) -> None:
    scorer = Counted()

    def taken_away(_: Progress) -> None:
        raise Stale

    with pytest.raises(Stale):
        pipeline(scorer)(video, request(), taken_away)

    # One batch was received, those in flight behind it were canceled, no decoder is left.
    assert scorer.canceled == len(scorer.batch_sizes)
    assert decoders() == []


def test_an_outage_of_triton_passes_through(video: Path) -> None:
    scorer = Counted(refuse_after=1)

    with pytest.raises(InferenceUnavailable):
        pipeline(scorer)(video, request(), nothing)

    assert scorer.canceled == len(scorer.batch_sizes)
    assert decoders() == []


def test_a_recording_that_breaks_leaves_no_measurement(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    path.write_text("not a video")

    with pytest.raises(Undecodable):
        pipeline(Counted())(path, request(), nothing)


def test_a_single_frame_stands_for_no_time(tmp_path: Path) -> None:
    path = record(tmp_path / "recording", counted(1))

    measurement = pipeline(Counted())(path, request(), nothing)

    assert len(measurement.observations) == 1
    assert measurement.media.sample_interval_ms == 0.0


@pytest.mark.parametrize(
    ("analyses", "networks"),
    [
        ((Analysis.SEVERITY,), ("hmhn", "ddl_resnet50")),
        ((Analysis.EXPRESSION,), ("expression",)),
        ((Analysis.SEVERITY, Analysis.EXPRESSION), ("hmhn", "ddl_resnet50", "expression")),
    ],
)
def test_only_the_networks_that_are_needed_are_asked(
    analyses: tuple[Analysis, ...], networks: tuple[str, ...]
) -> None:
    found = networks_of(request(analyses=analyses), all_manifests())

    assert tuple(manifest.name for manifest in found) == networks


def test_a_network_brings_the_one_that_it_stands_on() -> None:
    found = networks_of(request(models=("attention_pooling",)), all_manifests())

    assert [manifest.name for manifest in found] == ["attention_pooling", "resnet50_features"]


def test_a_network_that_is_not_there_is_a_broken_contract() -> None:
    with pytest.raises(ModelContract):
        networks_of(request(models=("oracle",)), all_manifests())


def test_a_recording_as_a_whole_is_scored_once_from_the_features_of_its_faces(video: Path) -> None:
    scorer = Counted()
    hidden = PaintedFaces(hidden=frozenset({3, 4}))

    measurement = pipeline(scorer, hidden)(video, request(models=("attention_pooling",)), nothing)

    shapes = {"features": (1, 18, 2048), "mask": (1, 18)}
    assert scorer.rows == [("attention_pooling", shapes)]
    assert [name for name, _ in measurement.wholes] == ["attention_pooling"]
    assert all(row.severity == () for row in measurement.observations)


def test_a_recording_without_a_face_has_no_whole(video: Path) -> None:
    scorer = Counted()
    faces = PaintedFaces(hidden=frozenset(range(20)))

    measurement = pipeline(scorer, faces)(video, request(models=("attention_pooling",)), nothing)

    assert (scorer.rows, measurement.wholes) == ([], ())


def test_brief_motion_is_sought_in_every_frame_and_the_rest_scored_at_its_own_pace(
    video: Path,
) -> None:
    scorer = Counted()
    chosen = request(
        analyses=tuple(Analysis),
        models=("hmhn", "expression", "micro_expression"),
        sampling=Sampling(every_ms=200),
    )

    measurement = pipeline(scorer)(video, chosen, nothing)

    scored = [row.at_ms for row in measurement.observations if row.severity]
    assert len(measurement.observations) == 20
    assert scored == [0, 200, 400, 600]
    assert measurement.media.sample_interval_ms == 40.0
    assert measurement.media.scored_interval_ms == 200.0
    assert "spot" in measurement.timings_ms


@pytest.mark.parametrize(
    ("names", "sampling", "all_of_them"),
    [
        (("hmhn", "expression"), Sampling(400), False),
        (("micro_expression",), Sampling(400), True),
        # clips of 400 ms a face, in these manifests
        (("temporal_resnet50",), Sampling(400), False),
        (("temporal_resnet50",), Sampling(1000), True),
        (("hmhn", "two_stream"), Sampling(1000), True),
        (("two_stream",), Sampling(None, 10), False),
    ],
)
def test_every_frame_is_looked_at_where_a_network_needs_more_than_are_scored(
    names: tuple[str, ...], sampling: Sampling, all_of_them: bool
) -> None:
    networks = [all_manifests()[name] for name in names]

    assert looked_at(sampling, networks) == (EVERY_FRAME if all_of_them else sampling)


def test_a_picture_is_one_frame_without_duration(tmp_path: Path) -> None:
    path = tmp_path / "recording"
    path.write_bytes(painted_png(7))

    measurement = pipeline(Counted())(path, request(), nothing)

    assert (measurement.media.container, measurement.media.codec) == ("png", "png")
    assert (measurement.media.still, measurement.media.duration_ms) == (True, 0)
    assert [row.severity[0][1] for row in measurement.observations] == [7.0]


def test_batches_are_cut_by_faces_and_keep_everything_between() -> None:
    crop = np.zeros((224, 224, 3), np.uint8)
    looks = [Look(Observation(i, i, Verdict.USED), crop if i % 3 == 0 else None) for i in range(10)]

    cut = [[look.seen.frame for look in batch] for batch in batches(looks, 2)]

    assert cut == [[0, 1, 2, 3], [4, 5, 6, 7, 8, 9]]


@pytest.mark.parametrize(
    ("times_ms", "every_ms", "expected_ms"),
    [
        ([], 400, 0.0),
        ([0], 400, 0.0),
        ([0, 401, 800, 1201], 400, 400.0),
        ([0, 1000, 2000], 400, 1000.0),
        ([0, 330, 660, 5000], None, 330.0),
        ([0, 600_000], 400, 1000.0),
        ([0, 600_000], None, 1000.0),
        ([0, 5000, 10_000], 5000, 5000.0),
    ],
)
def test_a_sample_stands_for_the_interval_that_was_really_kept(
    times_ms: list[int], every_ms: int | None, expected_ms: float
) -> None:
    sampling = Sampling(every_ms) if every_ms else EVERY_FRAME

    assert interval_ms(times_ms, sampling) == expected_ms
