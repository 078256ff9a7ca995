"""multipart/form-data as events, a chunk at a time; nothing is kept.

body ─▶ feed ─▶ PartBegan(name), bytes…, PartEnded, PartBegan(name), …
"""

from dataclasses import dataclass
from typing import Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from assessment.faults import Invalid, Malformed
from service.faults import UnsupportedMediaType

MOST_PARTS: Final = 16
MOST_HEADERS: Final = 8
LONGEST_HEADER: Final = 4096
LONGEST_BOUNDARY: Final = 70
"""RFC 2046, section 5.1.1."""


@dataclass(frozen=True, slots=True)
class PartBegan:
    """A part with that name begins."""

    name: str


@dataclass(frozen=True, slots=True)
class PartEnded:
    """The part that began last is complete."""


Event = PartBegan | bytes | PartEnded


def boundary(content_type: str) -> bytes:
    """Return the boundary, or raise `UnsupportedMediaType` or `Malformed`."""
    kind, options = parse_options_header(content_type)
    if kind != b"multipart/form-data":
        raise UnsupportedMediaType
    found = options.get(b"boundary", b"")
    if not 0 < len(found) <= LONGEST_BOUNDARY:
        raise Malformed
    return found


class MultipartReader:
    """Turns the chunks of one body into events."""

    def __init__(self, boundary: bytes) -> None:
        self.ended = False
        self._events: list[Event] = []
        self._parts = 0
        self._field = b""
        self._value = b""
        self._disposition = b""
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._on_part_begin,
                "on_header_field": self._on_header_field,
                "on_header_value": self._on_header_value,
                "on_header_end": self._on_header_end,
                "on_headers_finished": self._on_headers_finished,
                "on_part_data": self._on_part_data,
                "on_part_end": self._on_part_end,
                "on_end": self._on_end,
            },
            max_header_count=MOST_HEADERS,
            max_header_size=LONGEST_HEADER,
        )

    def feed(self, chunk: bytes) -> list[Event]:
        """Return what the chunk holds, or raise `Malformed` or `Invalid`."""
        self._events = []
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise Malformed from error
        return self._events

    def _on_part_begin(self) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise Malformed
        self._disposition = b""

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        if self._field.lower() == b"content-disposition":
            self._disposition = self._value
        self._field = self._value = b""

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        name = options.get(b"name", b"").decode("latin-1")
        if not name:
            raise Invalid("a part has no name", pointer="")
        self._events.append(PartBegan(name))

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        self._events.append(data[start:end])

    def _on_part_end(self) -> None:
        self._events.append(PartEnded())

    def _on_end(self) -> None:
        self.ended = True
