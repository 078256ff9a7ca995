"""A name server on loopback: what a name points to is decided anew for every question."""

import ipaddress
import socket
import struct
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

Look = Callable[[str, int], Sequence[str]]
"""Returns the addresses of a name in a version of IP, none for a name that is not."""
VERSIONS: Final = {1: 4, 28: 6}
"""Of IP, by the number of the record: A and AAAA."""
HEADER: Final = struct.Struct("!6H")
ANSWERED: Final = 0x8580


@dataclass(slots=True)
class NameServer:
    """Answers questions for A and AAAA over UDP, to be kept for no time at all."""

    look: Look

    def start(self, port: int = 53) -> None:
        """Answer from now on, until the process ends."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        listener.bind(("127.0.0.1", port))
        threading.Thread(target=self._serve, args=(listener,), daemon=True).start()

    def _serve(self, listener: socket.socket) -> None:
        while True:
            question, caller = listener.recvfrom(512)
            listener.sendto(self._answer(question), caller)

    def _answer(self, message: bytes) -> bytes:
        number, *_ = HEADER.unpack_from(message)
        name, end = _name(message)
        (kind,) = struct.unpack_from("!H", message, end)
        version = VERSIONS.get(kind)
        found = [ipaddress.ip_address(one) for one in self.look(name, version)] if version else []
        question = message[HEADER.size : end + 4]
        head = HEADER.pack(number, ANSWERED, 1, len(found), 0, 0)
        records = (
            struct.pack("!3HIH", 0xC00C, kind, 1, 0, len(one.packed)) + one.packed for one in found
        )
        return head + question + b"".join(records)


def _name(message: bytes) -> tuple[str, int]:
    """Return the name that is asked for, and where it ends."""
    labels, place = [], HEADER.size
    while length := message[place]:
        labels.append(message[place + 1 : place + 1 + length].decode("ascii").lower())
        place += length + 1
    return ".".join(labels), place + 1
