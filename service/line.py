"""One connection of the service: uvicorn's, with an end to every way of keeping it busy.

    connected ─▶ head, 10 s and 64 KiB at most ─▶ body (see `service.patience`) ─▶ answer
        ▲                                                                            │
        └──────── nothing for 5 s: closed (uvicorn) ◀── read by at least 1 KiB/s ◀───┘

uvicorn waits for a head and for a reader as long as it takes: 200 silent sockets stay for
ever. `uvicorn --http service.line:Line` puts this in its place. What is refused before the
application sees it is refused as a problem document, too.
"""

import fcntl
import socket
import struct
import termios
from asyncio import BaseTransport, TimerHandle
from secrets import token_hex
from typing import ClassVar, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from assessment.faults import Fault, Malformed
from service.envelope import always
from service.faults import HeadTooLarge, RequestTimedOut
from service.head import TARGET
from service.patience import SLOWEST_BYTES_PER_S
from service.problems import problem

HEAD_BYTES: Final = 64 * 2**10
"""Request line and header fields; twice what the longest header that is read may have."""
MOST_FIELDS: Final = 100
LINGER_S: Final = 1.0
"""How long a refused caller is given to read why."""


class Line(HttpToolsProtocol):
    """A connection that is closed when its other side is too slow or says too much."""

    head_s: ClassVar[float] = 10.0
    """From the first byte, or from connecting, to the end of the head."""
    stall_s: ClassVar[float] = 15.0
    """How often it is looked whether an answer is read."""

    _fault: Fault | None = None
    _refused: bool = False
    _before_head: bool = True
    _head_bytes: int = 0
    _head_timer: TimerHandle | None = None
    _stall_timer: TimerHandle | None = None
    _owed_bytes: int = 0

    # --- the head -------------------------------------------------------------------

    def connection_made(self, transport: BaseTransport) -> None:
        """Begin to wait for a head."""
        super().connection_made(transport)  # type: ignore[arg-type]
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """Take what came; a head must end in time and within its size."""
        if self._refused:
            return
        if self._before_head:
            self._head_bytes += len(data)
            self._await_head()
        super().data_received(data)
        if self._before_head and self._head_bytes > HEAD_BYTES:
            self._refuse(HeadTooLarge())

    def on_headers_complete(self) -> None:
        """Begin the request, unless its head is too large."""
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > HEAD_BYTES or len(self.headers) > MOST_FIELDS:
            self._fault = HeadTooLarge()
            raise ValueError("the head is too large")  # uvicorn answers by `send_400_response`
        self._before_head, self._head_bytes = False, 0
        self._head_timer = _cancel(self._head_timer)
        self.scope[TARGET] = self.url  # type: ignore[typeddict-unknown-key]
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """End the request; the next head begins with the next byte."""
        super().on_message_complete()
        self._before_head = True

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, or too much of it, with a problem document."""
        self._refuse(self._fault or Malformed())

    def _await_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(self.head_s, self._head_is_late)

    def _head_is_late(self) -> None:
        self._head_timer = None
        if self._answering:
            self._await_head()  # The caller's next head; what it waits for goes first.
        elif self._head_bytes:
            self._refuse(RequestTimedOut())
        else:
            self.transport.close()

    # --- the answer -----------------------------------------------------------------

    def pause_writing(self) -> None:
        """Note that the caller reads more slowly than is written."""
        super().pause_writing()
        self._watch_reader()

    def resume_writing(self) -> None:
        """Note that the caller took most of what it was owed."""
        super().resume_writing()
        self._stall_timer = _cancel(self._stall_timer)
        if self.transport.is_closing() and self.transport.get_write_buffer_size():
            self._watch_reader()

    def on_response_complete(self) -> None:
        """End the answer; what is still on its way must be read."""
        super().on_response_complete()
        if self.transport.get_write_buffer_size():
            self._watch_reader()

    def _watch_reader(self) -> None:
        if self._stall_timer is None:
            self._owed_bytes = self._owed()
            self._stall_timer = self.loop.call_later(self.stall_s, self._look_at_reader)

    def _look_at_reader(self) -> None:
        self._stall_timer = None
        stuck = self.flow.write_paused or self.transport.is_closing()
        taken = self._owed_bytes - self._owed()
        if stuck and taken < SLOWEST_BYTES_PER_S * self.stall_s:
            self._cut()
        elif self.transport.get_write_buffer_size():
            self._watch_reader()

    def _owed(self) -> int:
        """Return the bytes that the caller has not taken: ours, and those that the kernel holds."""
        descriptor = self.transport.get_extra_info("socket").fileno()
        held = fcntl.ioctl(descriptor, termios.TIOCOUTQ, bytes(4))
        return self.transport.get_write_buffer_size() + struct.unpack("i", held)[0]

    def _cut(self) -> None:
        """Close at once, the kernel's share too: it would offer that to the reader for minutes."""
        connection = self.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    # --- the end --------------------------------------------------------------------

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timers with the connection."""
        super().connection_lost(exc)
        self._head_timer = _cancel(self._head_timer)
        self._stall_timer = _cancel(self._stall_timer)

    @property
    def _answering(self) -> bool:
        return bool(self.cycle) and not self.cycle.response_complete

    def _refuse(self, fault: Fault) -> None:
        """Say why and close; in the middle of an answer, only close."""
        if self._answering and self.cycle.response_started:
            self._cut()
        elif not (self._refused or self.transport.is_closing()):
            if self._answering:
                self.cycle.disconnected = True
                self.cycle.message_event.set()
            self._refused = True
            self.transport.write(_refusal(fault))
            # To close with unread bytes on the line makes the kernel throw the answer away.
            self.transport.write_eof()
            self._head_timer = _cancel(self._head_timer)
            self._head_timer = self.loop.call_later(LINGER_S, self._cut)


def _refusal(fault: Fault) -> bytes:
    """Return the whole answer, byte by byte as it goes out."""
    request_id = f"req_{token_hex(12)}"
    answer = problem(fault, request_id)
    answer.headers.update(always(request_id) | {"Connection": "close"})
    fields = (b"%b: %b\r\n" % field for field in answer.raw_headers)
    return b"".join([STATUS_LINE[answer.status_code], *fields, b"\r\n", bytes(answer.body)])


def _cancel(timer: TimerHandle | None) -> TimerHandle | None:
    """Return what is to stand in the timer's place: none."""
    if timer is not None:
        timer.cancel()
    return None
