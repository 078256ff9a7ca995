"""The recordings that are sent to the API: a real one of 20 s, and its first two seconds."""

from pathlib import Path
from typing import Final

import av

PROJECT: Final = Path(__file__).resolve().parents[1]
LONG: Final = PROJECT / "weights" / "media" / "WolfgangLanger_Pexels.mp4"
"""640x360, 24 frames a second, 19.7 s, one face."""
SHORT: Final = PROJECT / ".cache" / "bench" / "api-2s.mp4"
SHORT_S: Final = 2


def short_clip() -> Path:
    """Return the first two seconds, cut without encoding anew when they are not in the cache."""
    if SHORT.exists():
        return SHORT
    SHORT.parent.mkdir(parents=True, exist_ok=True)
    part = SHORT.with_suffix(".part.mp4")
    with av.open(str(LONG)) as source, av.open(str(part), "w") as cut:
        stream = source.streams.video[0]
        copy = cut.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.pts is None or packet.time_base is None:
                continue
            if packet.pts * packet.time_base >= SHORT_S:
                break
            packet.stream = copy
            cut.mux(packet)
    part.replace(SHORT)
    return SHORT
