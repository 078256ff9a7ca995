"""A worker process that does nothing but decode what it is handed, and the one who watches it."""

import json
import socket
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

import psutil

from assessment.recording_faults import Unusable
from assessment.request import Sampling
from tests.hostile.case import LIMITS
from tests.hostile.zygote import Zygote, running
from worker.video import decode

LINE_BYTES = 4096
MEDIA_LIMITS = replace(LIMITS, max_seconds=60, memory_bytes=2**30)
EVERY_FRAME = Sampling(every_ms=None, every_n_frames=1)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one recording: `decoded`, a fault's code, or the end of the worker."""

    said: str
    grown_mib: float = 0.0
    died: bool = False
    hung: bool = False


class FuzzedWorker:
    """A worker of its own process, which is started again when it is gone."""

    def __enter__(self) -> "FuzzedWorker":
        self._begin()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._end()

    def _begin(self) -> None:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [sys.executable, "-m", "tests.hostile.fuzzed_worker"]
            self._process = subprocess.Popen(
                command,
                stdin=theirs.fileno(),
                cwd=Path(__file__).parents[2],
                stderr=subprocess.DEVNULL,
            )

    @property
    def pid(self) -> int:
        """The process that decodes now."""
        return self._process.pid

    def _end(self) -> None:
        self._line.close()
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    def assess(self, path: Path, *, every_frame: bool, limit_s: float) -> Answer:
        """Have one recording decoded; a worker that dies or does not answer is replaced."""
        self._line.settimeout(limit_s)
        try:
            self._line.send(json.dumps([str(path), every_frame]).encode())
            content = self._line.recv(LINE_BYTES)
        except TimeoutError:
            return self._replaced(Answer("worker hung", hung=True))
        except OSError:
            content = b""
        if not content:
            return self._replaced(Answer("worker died", died=True))
        said, grown_mib = json.loads(content)
        return Answer(said, grown_mib)

    def _replaced(self, answer: Answer) -> Answer:
        self._end()
        self._begin()
        return answer


def _outcome(path: Path, sampling: Sampling, zygote: Zygote) -> str:
    try:
        with decode(path, sampling, MEDIA_LIMITS, start=zygote.start) as recording:
            for frame in recording:
                frame.pixels.mean()
    except Unusable as fault:
        return fault.code
    return "decoded"


def _serve(line: socket.socket) -> None:
    worker = psutil.Process()
    with running() as zygote:
        first = worker.memory_info().rss
        while content := line.recv(LINE_BYTES):
            path, every_frame = json.loads(content)
            sampling = EVERY_FRAME if every_frame else Sampling(every_ms=100)
            said = _outcome(Path(path), sampling, zygote)
            grown_mib = (worker.memory_info().rss - first) / 2**20
            line.send(json.dumps([said, grown_mib]).encode())


if __name__ == "__main__":
    with socket.socket(fileno=0) as served:
        _serve(served)
