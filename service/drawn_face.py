"""A drawn face: where on a face a recording's quality is measured. Nobody's picture.

The drawing is the template on which networks get every face: 112 units square, with the five
points of ArcFace (Deng et al., CVPR 2019). What was measured stands beside it.
"""

from typing import Final

from markupsafe import Markup

from service.frames import Frames
from service.svg import Point, box, dot, element, line, picture, rule, text

EYES: Final = ((38.3, 51.7), (73.5, 51.5))
NOSE: Final = (56.0, 71.7)
MOUTH: Final = ((41.5, 92.4), (70.7, 92.2))
INNER: Final = (20, 24, 92, 104)
"""Left, top, right and bottom of the part whose light and sharpness are measured."""
SIDE: Final = 112
SCALE: Final = 2.3
LEFT, TOP = 10, 8
HEIGHT: Final = TOP + SIDE * SCALE + 10
WORDS_X: Final = 310

MEASURES: Final = (
    ("size", "Between the eyes", "{:.0f} pixels"),
    ("yaw", "Turned to a side", "{:.2f} eye distances; 0 is straight ahead"),
    ("pitch", "Nose between eyes (0) and mouth (1)", "{:.2f}"),
    ("roll_degrees", "Tilted", "{:.0f}°"),
    ("light", "Light", "{:.0f} of 255"),
    ("contrast", "Contrast", "{:.0f} grey levels"),
    ("sharpness", "Sharpness", "{:.2f}"),
)


def measured_face(frames: Frames) -> Markup | None:
    """Draw the template with the medians beside it; None where no face was measured."""
    said = [
        (words, form.format(abs(value) if name in ("yaw", "roll_degrees") else value))
        for name, words, form in MEASURES
        if (value := frames.typical(name)) is not None
    ]
    if not said:
        return None
    left, top = at((INNER[0], INNER[1]))
    width, height = SCALE * (INNER[2] - INNER[0]), SCALE * (INNER[3] - INNER[1])
    marks = [box(left, top, width, height, "#eef2f5"), *template(), *_points()]
    for row, (words, value) in enumerate(said):
        y = 24 + 36 * row
        marks.append(text(words, WORDS_X, y, "tick"))
        marks.append(text(value, WORDS_X, y + 17, "label"))
    spoken = "; ".join(f"{words}: {value}" for words, value in said)
    return picture("Where the face is measured, on a drawn face", f"{spoken}.", HEIGHT, *marks)


def at(point: Point) -> Point:
    """Where a point of the template, in its 112 units, lies in the picture."""
    return LEFT + SCALE * point[0], TOP + SCALE * point[1]


def template() -> list[Markup]:
    """Return an outline, brows and a neck: as much of a face as places the points."""
    brows = [((28, 42), (38, 38), (47, 41)), ((65, 41), (74, 38), (84, 42))]
    middle = at((56, 60))
    return [
        element(
            "ellipse",
            cx=middle[0],
            cy=middle[1],
            rx=SCALE * 42,
            ry=SCALE * 52,
            fill="none",
            stroke="#8593a0",
            stroke_width=2.0,
        ),
        *(line([at(point) for point in brow], "#8593a0") for brow in brows),
        line([at(one) for one in (MOUTH[0], (56, 96), MOUTH[1])], "#8593a0"),
        line([at(one) for one in ((56, 52), (52, 72), NOSE)], "#8593a0"),
    ]


def _points() -> list[Markup]:
    ends = [at(eye) for eye in EYES]
    between = [rule(ends[0], ends[1], "mean")]
    return between + [dot(at(point), "#d55e00") for point in (*EYES, NOSE, *MOUTH)]
