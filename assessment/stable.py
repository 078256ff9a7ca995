"""The stable networks as a mapping that follows what is decided: for processes that only tell.

A network that nothing was decided for stays at the version that was the newest at the start: a
process that runs takes none up unasked.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from threading import Lock

from assessment.faults import Misconfigured
from assessment.manifest import Manifest
from assessment.repository import Repository, read_repository
from assessment.serving_file import SERVING, read_serving

Mark = tuple[tuple[str, int, int], ...]
"""Name, inode and time of each decision; a file that is put in place by a rename changes both."""


class StableManifests(Mapping[str, Manifest]):
    """The stable version of every sound network by name, read again when a decision changes.

    Whether one did is looked for at most every `look_every_s`: a request asks some fifty times.
    """

    def __init__(
        self,
        repository: Repository,
        *,
        look_every_s: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._look_every_s, self._clock = look_every_s, clock
        self._looked_s = clock()
        self._folder = repository.folder
        self._found = {name: one.version for name, one in repository.sound.items()}
        self._sound = repository.sound
        self._mark = _mark(self._folder)
        self._lock = Lock()

    def __getitem__(self, network: str) -> Manifest:
        return self._now()[network]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())

    def _now(self) -> Mapping[str, Manifest]:
        with self._lock:
            if self._clock() - self._looked_s < self._look_every_s:
                return self._sound
            self._looked_s = self._clock()
            mark = _mark(self._folder)
            if mark != self._mark:
                self._sound = self._read()
                self._mark = mark
            return self._sound

    def _read(self) -> Mapping[str, Manifest]:
        """Return the networks as decided; one whose decision cannot be used stays as it was."""
        read = read_repository(self._folder, {**self._found, **self._decided()}).sound
        return {**{name: self._sound[name] for name in self._sound if name not in read}, **read}

    def _decided(self) -> dict[str, str]:
        decided: dict[str, str] = {}
        for network in self._folder.glob("*/"):
            try:
                serving = read_serving(network)
            except Misconfigured:
                serving = None
                if network.name in self._sound:
                    decided[network.name] = self._sound[network.name].version
            if serving is not None:
                decided[network.name] = serving.stable
        return decided


def _mark(folder: Path) -> Mark:
    marks: list[tuple[str, int, int]] = []
    for path in sorted(folder.glob(f"*/{SERVING}")):
        try:
            stat = path.stat()
        except FileNotFoundError:
            continue
        marks.append((path.parent.name, stat.st_ino, stat.st_mtime_ns))
    return tuple(marks)
