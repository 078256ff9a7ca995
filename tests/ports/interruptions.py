"""Ports that break off: between any two calls a process dies, or others get in between."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from redis.connection import UnixDomainSocketConnection
from redis.exceptions import ConnectionError as ConnectionLost

from assessment.assessment import AssessmentId


class Killed(BaseException):
    """The process that was working is no more; nothing of it can catch this."""


@dataclass
class Turn:
    """What happens around the call of that number, once: before it, or when it has had effect."""

    call: int = 0
    after: bool = False
    happens: Callable[[], None] | None = None
    calls: int = 0

    def around(self, work: Callable[[], Any]) -> Any:
        self.calls += 1
        if self.calls != self.call or self.happens is None:
            return work()
        happens, self.happens = self.happens, None
        if not self.after:
            happens()
            return work()
        result = work()
        happens()
        return result


class Interrupted:
    """A port as one process holds it, interrupted at its turn."""

    def __init__(self, port: Any, turn: Turn) -> None:
        self._port = port
        self._turn = turn

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)

        def call(*arguments: Any, **named: Any) -> Any:
            return self._turn.around(lambda: method(*arguments, **named))

        return call


class FrailConnection(UnixDomainSocketConnection):
    """A connection to Redis, lost as `losses` says: before a request, or before its answer."""

    losses: list[str] = []  # noqa: RUF012  one for all: redis-py makes the connections

    def send_packed_command(self, *arguments: Any, **named: Any) -> None:
        self._lose("request")
        super().send_packed_command(*arguments, **named)

    def read_response(self, *arguments: Any, **named: Any) -> Any:
        answer = super().read_response(*arguments, **named)
        self._lose("answer")
        return answer

    def _lose(self, what: str) -> None:
        if self.losses and self.losses[0] == what:
            self.losses.pop(0)
            self.disconnect()
            raise ConnectionLost("lost on purpose")


class MemoryBlobs:
    """The port `Blobs` in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[AssessmentId, dict[str, bytes]] = {}

    def put(self, assessment_id: AssessmentId, name: str, content: bytes) -> None:
        self.kept.setdefault(assessment_id, {})[name] = content

    def get(self, assessment_id: AssessmentId, name: str) -> bytes | None:
        return self.kept.get(assessment_id, {}).get(name)

    def path(self, assessment_id: AssessmentId, name: str) -> str | None:
        return name if name in self.kept.get(assessment_id, {}) else None

    def remove(self, assessment_id: AssessmentId, name: str) -> None:
        self.kept.get(assessment_id, {}).pop(name, None)

    def erase(self, assessment_id: AssessmentId) -> list[str]:
        return sorted(self.kept.pop(assessment_id, {}))

    def stored(self) -> list[AssessmentId]:
        return list(self.kept)

    def age_s(self, _: AssessmentId) -> float:
        return 0.0
