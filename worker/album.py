"""The stage that keeps a few pictures of the face, where a caller asked for them.

    looks ─▶ one in `stride` of the used ones, twice as far apart whenever there are too many
          ─▶ at the end the wanted number of them, evenly spread ─▶ JPEG

Which frames these are hangs on the used frames alone: the same recording gives the same pictures.
"""

import base64
from collections.abc import Iterable, Iterator
from typing import Final

import cv2

from assessment.kept_faces import KeptFace
from worker.looking import Look
from worker.tracks import Track
from worker.video import Pixels

QUALITY: Final = 80
"""Of JPEG: some 10 KB a face, on which a clinician still sees what the network saw."""
SPARE: Final = 4
"""The more are held, the more even the spread; 24 faces are 4 MB."""


class Album:
    """Keeps faces of one recording in memory, at most `SPARE` times as many as are wanted."""

    def __init__(self, wanted: int) -> None:
        self._wanted = wanted
        self._held: list[Look] = []
        self._used = 0
        self._stride = 1

    def watch(self, looks: Iterable[Look]) -> Iterator[Look]:
        """Pass the looks on."""
        for look in looks:
            if self._wanted and look.crop is not None:
                self._see(look)
            yield look

    def faces(self, whose: Track | None) -> tuple[KeptFace, ...]:
        """Return the pictures of that face, about the first and the last used frame among them.

        Whoever was alone in the picture before the subject came is not in them.
        """
        held = [one for one in self._held if one.whose is whose]
        count = min(self._wanted, len(held))
        last, steps = len(held) - 1, max(count - 1, 1)
        chosen = [held[i * last // steps] for i in range(count)]
        return tuple(
            KeptFace(one.seen.frame, one.seen.at_ms, jpeg(one.crop))
            for one in chosen
            if one.crop is not None
        )

    def _see(self, look: Look) -> None:
        if self._used % self._stride == 0:
            self._held.append(look)
        if len(self._held) > SPARE * self._wanted:
            del self._held[1::2]
            self._stride *= 2
        self._used += 1


def jpeg(crop: Pixels) -> str:
    """Return a face (height, width, 3) uint8 RGB as a JPEG without metadata, in base64."""
    turned = cv2.cvtColor(crop, cv2.COLOR_RGB2BGR)
    _, content = cv2.imencode(".jpg", turned, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return base64.b64encode(content.tobytes()).decode()
