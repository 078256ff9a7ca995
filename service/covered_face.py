"""On which parts of a face a network's score hangs, over a drawn face: of the network, of nobody.

The map is occlusion sensitivity (Zeiler and Fergus, ECCV 2014), measured when the network was
built, on a drawn face. It is the same in every report: no picture of the person is kept.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup

from service.drawn_face import HEIGHT, SCALE, SIDE, WORDS_X, at, template
from service.svg import box, picture, text

RISES, FALLS = "#d55e00", "#0072b2"
WORDS: Final = (
    "Orange: the score rises when the field is covered,",
    "blue: it falls. The stronger, the more.",
)


def covered_face(covered: Mapping[str, Any] | None) -> Markup | None:
    """Draw the template under its 7 x 7 fields; None where nothing was measured."""
    if not covered:
        return None
    changes: Sequence[Sequence[float]] = covered["changes"]
    most = max((abs(one) for row in changes for one in row), default=0.0)
    if most == 0.0:
        return None
    marks = [*_fields(changes, most), *template()]
    for row, words in enumerate((*WORDS, *_said(changes, covered["score"]))):
        marks.append(text(words, WORDS_X, 24 + 20 * row, "tick"))
    spoken = " ".join(_said(changes, covered["score"]))
    return picture("What the score hangs on, on a drawn face", spoken, HEIGHT, *marks)


def _fields(changes: Sequence[Sequence[float]], most: float) -> list[Markup]:
    step = SIDE / len(changes)
    return [
        box(
            *at((column * step, row * step)),
            SCALE * step - 1,
            SCALE * step - 1,
            _faded(RISES if one > 0 else FALLS, abs(one) / most),
        )
        for row, line in enumerate(changes)
        for column, one in enumerate(line)
    ]


def _faded(colour: str, share: float) -> str:
    """The colour mixed with white: strong where the share is 1, white where it is 0."""
    channels = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(255 - share * (255 - one)):02x}" for one in channels)


def _said(changes: Sequence[Sequence[float]], score: float) -> list[str]:
    """The score of the whole drawn face, and the fields that move it most."""
    fields = [one for row in changes for one in row]
    return [
        f"The whole drawn face scores {score:.1f}.",
        f"Covering one field changes it by {min(fields):+.1f} to {max(fields):+.1f} points.",
    ]
