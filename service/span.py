"""A stretch of media time, and the lines of a timeline that lie in it. Plain Python."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

BLOCK_BYTES: Final = 64 * 2**10


@dataclass(frozen=True, slots=True)
class Span:
    """From `from_ms` on and before `to_ms`, in milliseconds; None is the recording's own end."""

    from_ms: int | None = None
    to_ms: int | None = None

    @property
    def whole(self) -> bool:
        """Whether it leaves nothing out."""
        return self.from_ms is None and self.to_ms is None

    def overlaps(self, start_ms: int, end_ms: int) -> bool:
        """Return whether a part of the stretch from start to end lies in it."""
        begins = self.to_ms is None or start_ms < self.to_ms
        return begins and (self.from_ms is None or end_ms > self.from_ms)

    def lines(self, timeline: Iterable[bytes]) -> Iterator[tuple[bytes, dict[str, Any]]]:
        """Yield each line in it with its row; the timeline is in the order of media time."""
        for line in timeline:
            row: dict[str, Any] = json.loads(line)
            if self.to_ms is not None and row["at_ms"] >= self.to_ms:
                return
            if self.from_ms is None or row["at_ms"] >= self.from_ms:
                yield line, row


def in_blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the pieces, put together to blocks that are worth sending, and never all at once."""
    block: list[bytes] = []
    size = 0
    for piece in pieces:
        block.append(piece)
        size += len(piece)
        if size >= BLOCK_BYTES:
            yield b"".join(block)
            block, size = [], 0
    if block:
        yield b"".join(block)
