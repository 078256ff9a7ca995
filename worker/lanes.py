"""Which versions of the networks take an assessment, while a canary runs beside the stable ones.

    serving.json of each network ─▶ versions by the assessment's id ─▶ lane ─▶ measure, conclude

A lane is a set of versions with its own way to Triton and its own guard. One is built when it is
first wanted and examined by the golden clip before anything is scored in it; until then, and while
it is not fit, the stable lane takes the canary's share. What was decided is read anew for every
assessment, so that a roll back needs no restart.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

from assessment.assessment import AssessmentId
from assessment.faults import Misconfigured, ModelContract
from assessment.repository import Repository, read_repository
from assessment.serving import Serving
from assessment.serving_file import read_serving
from worker.guard import Attendance, Guard
from worker.way import Way

log = logging.getLogger(__name__)

LOOK_S: Final = 0.2
"""How soon a wait notices that another lane has become the stable one."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One version of every network: what guards them, and how they measure and conclude."""

    repository: Repository
    guard: Guard
    way: Way

    @property
    def is_open(self) -> bool:
        """Whether all of its networks are fit."""
        return self.guard.open.is_set()

    def has(self, versions: Mapping[str, str]) -> bool:
        """Say whether it scores with exactly these versions of the networks that are named."""
        sound = self.repository.sound
        return all(name in sound and sound[name].version == v for name, v in versions.items())


class Lanes:
    """The lanes of one process."""

    def __init__(self, folder: Path, build: Callable[[Repository], Lane]) -> None:
        self._folder = folder
        self._build = build
        self._found = {name: one.version for name, one in read_repository(folder).sound.items()}
        self._lanes: dict[tuple[tuple[str, str], ...], Lane] = {}
        self._decided: dict[str, Serving] = {}
        self._lock = Lock()

    def stable(self) -> Lane:
        """Return the lane of the stable versions."""
        return self._lane(self._stable_versions(self._read()))

    def way_for(self, assessment_id: AssessmentId, measured_by: Mapping[str, str]) -> Way:
        """Return how to take the assessment; what is measured is concluded by the same versions.

        Raises `ModelContract` when these are built no more.
        """
        lane = self._of(assessment_id)
        if lane.has(measured_by):
            return lane.way
        kept = self._lane({**self._stable_versions(self._read()), **measured_by})
        if not kept.has(measured_by):
            raise ModelContract("the versions that measured it are built no more")
        log.info("assessment %s goes on with the versions that measured it", assessment_id)
        return kept.way

    def look(self) -> Attendance:
        """Look at every lane that is wanted; what the stable one says is what the worker says."""
        decided = self._read()
        stable = self._lane(self._stable_versions(decided))
        found = stable.guard.look()
        for name, serving in decided.items():
            if serving.canary is not None:
                self._lane({**self._stable_versions(decided), name: serving.canary})
        for versions, lane in self._still_wanted(decided):
            if lane is not stable:
                _tell(versions, lane.guard.look())
        return found

    def wait(self, timeout: float) -> bool:
        """Wait until the stable lane is open; return whether it is."""
        left_s = timeout
        while not self.stable().guard.open.wait(min(LOOK_S, left_s)):
            left_s -= LOOK_S
            if left_s <= 0:
                return False
        return True

    def _of(self, assessment_id: AssessmentId) -> Lane:
        decided = self._read()
        chosen = {name: one.version_for(assessment_id, name) for name, one in decided.items()}
        lane = self._lane({**self._found, **chosen})
        return lane if lane.is_open else self._lane(self._stable_versions(decided))

    def _read(self) -> dict[str, Serving]:
        """Return what is decided now; a file that broke meanwhile counts as it was before."""
        for network in sorted(self._folder.glob("*/")):
            try:
                serving = read_serving(network)
            except Misconfigured as fault:
                log.error("%s", fault)  # noqa: TRY400  the sentence says all there is to say
                continue
            if serving is None:
                self._decided.pop(network.name, None)
            else:
                self._decided[network.name] = serving
        return dict(self._decided)

    def _stable_versions(self, decided: Mapping[str, Serving]) -> dict[str, str]:
        """Return the stable versions: as decided, else the newest when the process began."""
        return {**self._found, **{name: one.stable for name, one in decided.items()}}

    def _lane(self, versions: Mapping[str, str]) -> Lane:
        key = tuple(sorted(versions.items()))
        with self._lock:
            if key not in self._lanes:
                self._lanes[key] = self._build(read_repository(self._folder, versions))
            return self._lanes[key]

    def _still_wanted(self, decided: Mapping[str, Serving]) -> list[tuple[dict[str, str], Lane]]:
        """Return the lanes that some assessment may come to, and forget the others."""
        wanted: dict[str, set[str | None]] = {name: {one} for name, one in self._found.items()}
        wanted |= {name: {one.stable, one.canary, one.before} for name, one in decided.items()}
        with self._lock:
            self._lanes = {
                key: lane
                for key, lane in self._lanes.items()
                if all(version in wanted.get(name, ()) for name, version in key)
            }
            return [(dict(key), lane) for key, lane in self._lanes.items()]


def _tell(versions: Mapping[str, str], found: Attendance) -> None:
    for one in found.unfit:
        log.warning("no canary in %s: %s", dict(versions), one.said)
