"""How the decoder process talks to its worker, over a pipe, in one direction.

    ┌──────────────────┬──────────────────┬─────────────────────┐
    │ length (4 bytes) │ header (JSON)    │ `bytes` raw bytes   │
    └──────────────────┴──────────────────┴─────────────────────┘

The pipe holds about one megabyte, so a decoder that is ahead of its worker waits.
The worker does not trust what it reads: lengths are bounded before they are believed.
"""

import json
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

LENGTH: Final = struct.Struct(">I")
HEADER_LIMIT_BYTES: Final = 4096
PIPE_BYTES: Final = 2**20


class Kind(StrEnum):
    """What a message says."""

    HELLO = "hello"  # The sandbox stands; nothing of the recording was read yet.
    MEDIA = "media"  # Facts of the recording, once its first frame is decoded.
    FRAME = "frame"  # A sampled frame and its pixels.
    BEAT = "beat"  # Still decoding, between sampled frames.
    END = "end"  # The recording decoded to its end.
    FAULT = "fault"  # The recording is unusable; the code of an `Unusable`.


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `payload` is empty but for a frame's pixels."""

    kind: Kind
    facts: dict[str, Any]
    payload: bytearray


@dataclass(frozen=True, slots=True)
class Sender:
    """The decoder's end of the pipe."""

    descriptor: int

    def send(
        self, kind: Kind, facts: Mapping[str, object], payload: bytes | memoryview = b""
    ) -> None:
        """Write one message; blocks while the pipe is full."""
        header = json.dumps({"kind": kind, "bytes": len(payload), **facts}).encode()
        self._write(memoryview(LENGTH.pack(len(header)) + header))
        self._write(memoryview(payload))

    def _write(self, content: memoryview) -> None:
        while content:
            content = content[os.write(self.descriptor, content) :]
