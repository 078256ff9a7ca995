"""Which of FFmpeg's demuxers reads a recording: told from the first bytes, never guessed by FFmpeg.

FFmpeg would ask some 350 demuxers and take the one that is surest. A file could look like a video
to us and like a playlist to one of them.
"""

from typing import Final

HEAD_BYTES: Final = 200
BOXES: Final = frozenset(
    {b"ftyp", b"styp", b"moov", b"mdat", b"moof", b"wide", b"free", b"skip", b"pnot"}
)
"""What an MP4 or MOV may begin with; old cameras wrote no `ftyp`."""
SIGNATURES: Final = {
    b"\x1a\x45\xdf\xa3": "matroska",
    b"\xff\xd8\xff": "jpeg_pipe",
    b"\x89PNG\r\n\x1a\n": "png_pipe",
}
PACKETS: Final = ((0, 188), (4, 196))
"""Where the first two packets of an MPEG-TS begin; cameras put four bytes before each."""
SYNC: Final = ord("G")


def demuxer_of(head: bytes) -> str | None:
    """Return FFmpeg's name of the demuxer, or None for what is not accepted."""
    if head[4:8] in BOXES:
        return "mov"
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return "avi"
    for signature, name in SIGNATURES.items():
        if head.startswith(signature):
            return name
    if len(head) == HEAD_BYTES and any(head[a] == head[b] == SYNC for a, b in PACKETS):
        return "mpegts"
    return None
