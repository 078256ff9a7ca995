"""The expression segments as WebVTT, so that a player shows them beside the recording."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from service.span import Span

SURELY_SHOWN: Final = "The expression surely shown; nobody's inner state, and not a diagnosis."


def cues(result: Mapping[str, Any], span: Span) -> list[tuple[str, Mapping[str, Any]]]:
    """Return every segment of which a part lies in the span, with its network, by its start."""
    first = [result["expression"]] if result["expression"] else []
    found = [
        (one["model"], segment)
        for one in [*first, *result["more_expressions"]]
        for segment in one["segments"]
        if span.overlaps(segment["start_ms"], segment["end_ms"])
    ]
    return sorted(found, key=lambda cue: cue[1]["start_ms"])


def vtt_lines(shown: list[tuple[str, Mapping[str, Any]]], notices: list[str]) -> Iterator[bytes]:
    """Yield the head, what must be told beside the numbers, and a cue a segment."""
    yield b"WEBVTT\n\n"
    for note in [SURELY_SHOWN, *notices]:
        yield f"NOTE {_one_line(note)}\n\n".encode()
    for number, (network, segment) in enumerate(shown, 1):
        start_ms = segment["start_ms"]
        end_ms = max(segment["end_ms"], start_ms + 1)  # A cue must last.
        times = f"{_time(start_ms)} --> {_time(end_ms)}"
        text = f"<v {_text(network)}>{_text(segment['label'])} {segment['mean']:.0%}"
        yield f"{number}\n{times}\n{text}\n\n".encode()


def _time(milliseconds: int) -> str:
    """Return HH:MM:SS.mmm; the hours may have more digits."""
    seconds, thousandths = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{thousandths:03}"


def _text(text: str) -> str:
    """Return a text that is neither markup nor the end of its cue."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _one_line(escaped)


def _one_line(text: str) -> str:
    """Return the words on one line, without the arrow that only times may have."""
    return " ".join(text.replace("-->", "→").split())
