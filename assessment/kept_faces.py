"""Pictures of the face that a caller asked to keep: a few, of used frames, as a blob of their own.

    include_faces and consent to it ─▶ measured ─┬─ something reported ─▶ faces.N.json ─▶ report
                                                 └─ nothing reported ───▶ none is kept

They leave the service in the report only, and go when the assessment does.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from assessment.document import readable, written

MOST: Final = 6

KEPT_NOTICE: Final = (
    "Pictures of the face, as asked for: {count}. They are kept with this assessment, shown in its "
    "report, and erased with it."
)
NONE_NOTICE: Final = (
    "Pictures of the face were asked for. None is kept, because nothing is reported."
)
SANDBOX_NOTICE: Final = (
    "Pictures of the face were asked for. None is kept: in the sandbox nobody is seen."
)


@dataclass(frozen=True, slots=True)
class KeptFace:
    """The subject's face in one used frame: aligned, 224 x 224, a JPEG in base64."""

    frame: int
    at_ms: int
    jpeg: str = field(repr=False)


def kept(faces: Sequence[KeptFace], *, asked: bool, reported: bool) -> tuple[KeptFace, ...] | None:
    """Return what is kept of what was seen, None where nobody asked.

    Of a recording of which nothing is reported, no face either: it may be another person's.
    """
    return (tuple(faces) if reported else ()) if asked else None


def notices(faces: Sequence[KeptFace] | None) -> tuple[str, ...]:
    """Return what is told of it beside the numbers; nothing where nobody asked."""
    if faces is None:
        return ()
    return (KEPT_NOTICE.format(count=len(faces)) if faces else NONE_NOTICE,)


def times_ms(faces: Sequence[KeptFace] | None) -> tuple[int, ...] | None:
    """Return the media times of the pictures, None where nobody asked."""
    return None if faces is None else tuple(one.at_ms for one in faces)


def to_json(faces: Sequence[KeptFace]) -> bytes:
    """Return the pictures as the bytes of their blob."""
    return json.dumps(written({"faces": [asdict(one) for one in faces]})).encode()


def from_json(content: bytes) -> tuple[KeptFace, ...]:
    """Return the pictures that `to_json` wrote; raises `NewerDocument`."""
    return of_rows(readable(json.loads(content))["faces"])


def of_rows(rows: Sequence[Mapping[str, Any]] | None) -> tuple[KeptFace, ...]:
    """Return the pictures of a document's rows; a document of an earlier version has none."""
    return tuple(KeptFace(row["frame"], row["at_ms"], row["jpeg"]) for row in rows or ())
