"""Clips: which faces make one, and where its answer goes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from assessment.ledger import Verdict
from assessment.manifest import Clip
from assessment.measurement import Observation
from tests.samples import a_manifest
from worker.answers import Scores
from worker.clips import Clips, Collector
from worker.heartbeat import Heartbeat
from worker.looking import Look
from worker.scoring import Waiting
from worker.stopwatch import Stopwatch

BLANK = np.zeros((224, 224, 3), np.uint8)


def look(at_ms: int, *, used: bool = True, level: int = 0) -> Look:
    verdict = Verdict.USED if used else Verdict.BLURRED
    crop = np.full((224, 224, 3), level, np.uint8) if used else None
    return Look(Observation(at_ms, at_ms, verdict), crop)


@dataclass
class Numbering:
    """Answers the n-th clip with the score n."""

    rows: list[Mapping[str, Any]] = field(default_factory=list)
    canceled: int = 0

    def submit_rows(self, network: str, rows: Mapping[str, Any]) -> "Numbering.Later":
        self.rows.append(rows)
        return Numbering.Later(self, network, len(self.rows))

    @dataclass
    class Later:
        scorer: "Numbering"
        network: str
        number: int

        def wait(self, seconds: float) -> bool:
            return True

        def scores(self) -> dict[str, Scores]:
            return {self.network: np.array([[self.number]], np.float32)}

        def cancel(self) -> None:
            self.scorer.canceled += 1


def clips(scorer: Numbering, *networks: str) -> Clips:
    waiting = Waiting(Heartbeat(lambda _: None, lambda: 0.0), Stopwatch(lambda: 0.0))
    return Clips(scorer, [a_manifest(name) for name in networks], waiting)  # pyright: ignore[reportArgumentType]


def starts(times_ms: list[int], *, hidden: frozenset[int] = frozenset()) -> list[tuple[int, int]]:
    """The first and last media time of each clip of 4 faces, 400 ms apart."""
    collector = Collector(Clip(4, 400))
    taken = [collector.see(look(at_ms, used=at_ms not in hidden)) for at_ms in times_ms]
    return [(one.start_ms, one.end_ms) for one in taken if one is not None]


def test_consecutive_faces_make_clips_that_do_not_overlap():
    assert starts(list(range(0, 4000, 400))) == [(0, 1200), (1600, 2800)]


@pytest.mark.parametrize("every_ms", [20, 33, 40, 100])
def test_a_fast_recording_is_thinned_to_the_beat(every_ms: int):
    (first, last), *_ = starts(list(range(0, 3000, every_ms)))

    assert first == 0
    assert 3 * 0.75 * 400 <= last <= 3 * 1.25 * 400


def test_a_slow_recording_gives_the_clips_it_can():
    assert starts(list(range(0, 8000, 1000))) == [(0, 3000), (4000, 7000)]


def test_a_clip_outlasts_a_glance_away_and_no_more():
    times_ms = list(range(0, 4000, 400))

    assert starts(times_ms, hidden=frozenset({400, 800}))[0] == (0, 2000)
    assert starts(times_ms, hidden=frozenset({400, 800, 1200}))[0] == (1600, 2800)


def test_the_answer_stands_at_every_used_frame_of_its_clip():
    scorer = Numbering()
    stage = clips(scorer, "temporal_resnet50")
    looks = [look(400 * i, used=i != 5) for i in range(36)]

    # as the pipeline does it: the looks are only taken while the answers are filled in
    seen = stage.fill_in(one.seen for one in stage.watch(looks))

    said = [dict(one.severity).get("temporal_resnet50") for one in seen]
    assert said == [1.0] * 5 + [None] + [1.0] * 11 + [2.0] * 16 + [None] * 3


def test_a_clip_becomes_the_inputs_that_its_network_names():
    scorer = Numbering()
    stage = clips(scorer, "temporal_resnet50", "two_stream")

    list(stage.watch(look(400 * i, level=10 * i) for i in range(16)))

    flow, temporal = scorer.rows
    assert {name: rows.shape for name, rows in flow.items()} == {
        "faces": (1, 224, 224, 3),
        "flow": (1, 224, 224, 20),
    }
    assert set(temporal) == {"appearance", "temporal_map"}
    # the middle face of 16
    assert int(temporal["appearance"].max()) == 80
    assert all(rows.dtype == np.uint8 for rows in (*flow.values(), *temporal.values()))


def test_what_is_left_behind_is_canceled():
    scorer = Numbering()
    stage = clips(scorer, "temporal_resnet50")
    list(stage.watch(look(400 * i) for i in range(32)))

    stage.cancel()

    assert scorer.canceled == len(scorer.rows) == 2
