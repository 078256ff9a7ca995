"""What the golden clip adds to a worker's start: from nothing to a guard that is open.

    detector ─▶ clip decoded ─▶ faces found ─▶ each graph's digest ─▶ each network asked ─▶ open

Triton runs already, as it does when a worker is started beside it. The usual three networks, the
very objects that `worker.app` builds, new ones in every repetition.
"""

import json
import time
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Final

from assessment.repository import Repository, read_repository
from bench.api_stack import Served, stack
from bench.measuring import rounded
from bench.places import DETECTOR, PROJECT
from bench.row import Row, Scale
from launch.triton_control import CONTROL_FILE
from worker.examination import Examination
from worker.faces import FaceFinder
from worker.golden import GoldenFaces, golden_faces
from worker.guard import Guard
from worker.inference import TritonScorer
from worker.upright import UprightFaces

USUAL: Final = ("hmhn", "ddl_resnet50", "expression")
LIMIT_S: Final = 3.0


def rows(scale: Scale) -> Iterable[Row]:
    """Start so many times beside one Triton."""
    found = read_repository(PROJECT / "model_repository")
    usual = replace(found, sound={name: found.sound[name] for name in USUAL})
    with stack() as served:
        taken = [started(usual, served) for _ in range(scale.repeats)]
    parts = {name: [one[name] for one in taken] for name in taken[0]}
    yield Row(
        "golden check when a worker starts",
        "s",
        tuple(sum(one.values()) for one in taken),
        LIMIT_S,
        "lower",
        note=f"three networks; {rounded(parts)}",
    )


def started(repository: Repository, served: Served) -> dict[str, float]:
    """Return the seconds that reading the clip took, and that all the rest did.

    Raises `RuntimeError` when a network is not fit: what was timed would be no start.
    """
    address = json.loads((served.data / CONTROL_FILE).read_text())["grpc"]
    scorer = TritonScorer(address, repository.sound)
    read_s: list[float] = []

    @cache
    def golden() -> GoldenFaces:
        began_s = time.perf_counter()
        faces = golden_faces(UprightFaces(FaceFinder(DETECTOR)), repository.sound.values())
        read_s.append(time.perf_counter() - began_s)
        return faces

    examine = Examination(repository, scorer, golden)
    guard = Guard(repository, scorer, examine, every_s=1e9, clock=time.monotonic)
    began_s = time.perf_counter()
    unfit = guard.look().unfit
    whole_s = time.perf_counter() - began_s
    scorer.close()
    if unfit or not guard.open.is_set():
        raise RuntimeError("; ".join(one.said for one in unfit) or "Triton was out of reach")
    return {"reading the clip": read_s[0], "digests and scores": whole_s - read_s[0]}
