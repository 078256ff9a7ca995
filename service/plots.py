"""The pictures of the report. Each is a pure function from numbers to SVG.

Colours are those of Okabe and Ito, told apart with every common kind of colour blindness;
every colour has its word beside it all the same.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from statistics import median
from typing import Any, Final

from markupsafe import Markup

from assessment.severity import BAND_STARTS, HIGHEST, LOWEST
from service.frames import GAP, Column, Frames
from service.svg import (
    WIDTH,
    Point,
    area,
    box,
    clock,
    dot,
    element,
    line,
    picture,
    rule,
    scale,
    text,
    time_axis,
)

COLOURS: Final = ("#767676", "#e69f00", "#0072b2", "#d55e00", "#56b4e9", "#009e73", "#cc79a7")
DARK: Final = frozenset({"#767676", "#0072b2", "#d55e00", "#009e73"})
BAND_FILLS: Final = ("#eef2f5", "#dde5eb", "#c9d5df", "#b3c4d1")
INK: Final = "#14344f"
USED, REJECTED = "#0072b2", "#d55e00"
LEFT, RIGHT = 116, WIDTH - 64
FEW_COLUMNS: Final = 160
"""Up to so many columns, every frame gets a dot."""

_EDGES: Final = (*(start for _, start in BAND_STARTS), HIGHEST)
BANDS: Final = [
    (name, *edges) for (name, _), edges in zip(BAND_STARTS, pairwise(_EDGES), strict=True)
]
FIRST_SCORES: Final = ("0", "14", "20", "29", "63")


def percent(share: float) -> str:
    """Return a share as whole per cent."""
    return f"{100 * share:.0f} %"


def severity_bar(estimate: Mapping[str, Any]) -> Markup:
    """Draw the estimate and its interval over the named BDI-II bands."""
    x = scale((LOWEST, HIGHEST), (12, WIDTH - 12))
    marks: list[Markup] = []
    for (name, low, high), fill in zip(BANDS, BAND_FILLS, strict=True):
        marks.append(box(x(low), 26, x(high) - x(low), 44, fill))
        marks.append(text(name, (x(low) + x(high)) / 2, 18, "band", anchor="middle"))
    for edge, score in zip(_EDGES, FIRST_SCORES, strict=True):
        marks.append(rule((x(edge), 26), (x(edge), 76), "edge"))
        marks.append(text(score, x(edge), 91, "tick", anchor="middle"))
    interval = estimate["interval"]
    if interval is not None:
        marks += _whisker(x(interval["low"]), x(interval["high"]), 48)
    marks.append(_diamond(x(estimate["point"]), 48))
    return picture(f"Severity estimate of {estimate['model']}", _spoken(estimate), 100, *marks)


def _spoken(estimate: Mapping[str, Any]) -> str:
    interval = estimate["interval"]
    within = f", interval {interval['low']} to {interval['high']}" if interval else ""
    return f"{estimate['point']} on a scale from 0 to 63 aligned to BDI-II{within}."


def _whisker(low: float, high: float, y: float) -> list[Markup]:
    ends = [rule((end, y - 11), (end, y + 11), "interval") for end in (low, high)]
    return [rule((low, y), (high, y), "interval"), *ends]


def _diamond(x: float, y: float) -> Markup:
    corners = f"{x:.1f},{y - 12} {x + 10:.1f},{y} {x:.1f},{y + 12} {x - 10:.1f},{y}"
    return element("polygon", points=corners, class_="point")


def band_probabilities(bands: Mapping[str, float]) -> Markup:
    """Draw one bar a band."""
    x = scale((0, 1), (LEFT, RIGHT))
    marks: list[Markup] = []
    for row, (name, value) in enumerate(bands.items()):
        y = 8 + 28 * row
        marks.append(text(name, 0, y + 14, "label"))
        marks.append(box(LEFT, y, RIGHT - LEFT, 18, BAND_FILLS[0]))
        marks.append(box(LEFT, y, max(x(value) - LEFT, 0.5), 18, INK))
        marks.append(text(percent(value), WIDTH, y + 14, "value", anchor="end"))
    spoken = ", ".join(f"{name} {percent(value)}" for name, value in bands.items())
    return picture("Probability of each BDI-II band", f"{spoken}.", 8 + 28 * len(bands), *marks)


def severity_over_time(frames: Frames, estimate: Mapping[str, Any]) -> Markup:
    """Draw the score of every sampled frame over media time, bands behind it."""
    model, point = estimate["model"], estimate["point"]
    left, right, top, bottom = 36, WIDTH - 84, 12, 202
    x = scale((0, frames.duration_ms), (left, right))
    y = scale((LOWEST, HIGHEST), (bottom, top))
    marks: list[Markup] = []
    for (name, low, high), fill in zip(BANDS, BAND_FILLS, strict=True):
        marks.append(box(left, y(high), right - left, y(low) - y(high), fill))
        marks.append(text(name, right + 8, (y(low) + y(high)) / 2 + 4, "band"))
    for edge, score in zip(_EDGES, FIRST_SCORES, strict=True):
        marks.append(text(score, left - 6, y(edge) + 4, "tick", anchor="end"))
    marks.append(rule((left, y(point)), (right, y(point)), "mean"))
    for run in _runs(frames, lambda column: column.severity(model)):
        marks += _trace([(x(at), y(value)) for at, value in run], len(frames.columns))
    marks += time_axis(frames.duration_ms, x, bottom)
    spoken = "Each sampled frame's score on the 0-63 scale; breaks are frames without a score."
    return picture(f"Severity estimate of {model} by frame", spoken, bottom + 28, *marks)


def _trace(points: list[Point], columns: int) -> list[Markup]:
    dots = [dot(at, INK) for at in points] if columns <= FEW_COLUMNS or len(points) == 1 else []
    return [line(points, INK), *dots]


def _runs(frames: Frames, value_of: Callable[[Column], float | None]) -> Iterable[list[Point]]:
    """Return stretches of (media time, value) between gaps.

    Where every frame is looked at, only some are scored: a gap is one in the scores.
    """
    points = [
        (column.at_ms, value)
        for column in frames.columns
        if (value := value_of(column)) is not None
    ]
    steps = [after[0] - before[0] for before, after in pairwise(points)]
    longest_ms = max(frames.gap_ms, GAP * median(steps)) if steps else frames.gap_ms
    run: list[Point] = []
    for point in points:
        if run and point[0] - run[-1][0] > longest_ms:
            yield run
            run = []
        run.append(point)
    if run:
        yield run


def colours_of(labels: Sequence[str]) -> dict[str, str]:
    """Return a colour for each label."""
    return {label: COLOURS[i % len(COLOURS)] for i, label in enumerate(labels)}


def expression_over_time(
    frames: Frames, expression: Mapping[str, Any], model: str | None = None
) -> Markup:
    """Draw one row a label: how likely it was shown, over media time.

    `model` names a further network; without it, it is the first one.
    """
    x = scale((0, frames.duration_ms), (LEFT, RIGHT))
    marks: list[Markup] = []
    row_height, top = 40, 4
    for row, (label, colour) in enumerate(colours_of(expression["labels"]).items()):
        base = top + row_height * (row + 1) - 6
        y = scale((0, 1), (base, base - row_height + 10))
        for run in _runs(frames, _expression_of(label, model)):
            points = [(x(at), y(value)) for at, value in run]
            marks += [area(points, base, colour), line(points, colour)]
        marks.append(rule((LEFT, base), (RIGHT, base), "grid"))
        name = "label strong" if label == expression["dominant"] else "label"
        marks.append(text(label, 0, base - 8, name))
        mean = percent(expression["mean"][label])
        marks.append(text(mean, WIDTH, base - 8, name.replace("label", "value"), anchor="end"))
    bottom = top + row_height * len(expression["labels"])
    marks += time_axis(frames.duration_ms, x, bottom)
    spoken = f"One row a label, from 0 to 100 %. Shown most: {expression['dominant']}."
    return picture("Expression shown over media time", spoken, bottom + 28, *marks)


def _expression_of(label: str, model: str | None) -> Callable[[Column], float | None]:
    return lambda column: column.expression(label, model)


def segment_strip(frames: Frames, expression: Mapping[str, Any]) -> Markup:
    """Draw the stretches of media time in which one label was surely shown; there may be none."""
    x = scale((0, frames.duration_ms), (LEFT, RIGHT))
    colours = colours_of(expression["labels"])
    marks: list[Markup] = [text("segments", 0, 26, "label")]
    for one in expression["segments"]:
        left = x(one["start_ms"])
        right = min(x(one["end_ms"]), RIGHT)
        marks.append(_segment(one["label"], left, right, colours[one["label"]]))
    marks += time_axis(frames.duration_ms, x, 44)
    spoken = "; ".join(
        f"{one['label']} {clock(one['start_ms'])} to {clock(one['end_ms'])}"
        for one in expression["segments"]
    )
    return picture("Segments of the expression shown", f"{spoken or 'None'}.", 70, *marks)


def _segment(label: str, left: float, right: float, colour: str) -> Markup:
    width = max(right - left - 1, 1)
    words = label if width > 10 * len(label) + 8 else ""  # the table names the short ones
    name = "on-dark" if colour in DARK else "on-light"
    return element(
        "g",
        element("title", label),
        box(left, 4, width, 34, colour),
        text(words, left + width / 2, 26, name, anchor="middle"),
    )


def quality_strip(frames: Frames, reasons: Sequence[str]) -> Markup:
    """Draw one lane for the used frames and one for each reason that rejected any."""
    x = scale((0, frames.duration_ms), (LEFT, RIGHT))
    marks: list[Markup] = []
    lanes = ("used", *reasons)
    for lane, verdict in enumerate(lanes):
        y = 4 + 26 * lane
        marks.append(text(verdict.replace("_", " "), 0, y + 14, "label"))
        marks.append(box(LEFT, y, RIGHT - LEFT, 18, BAND_FILLS[0]))
        marks += _ticks(frames, verdict, x, y)
        marks.append(text(str(frames.count(verdict)), WIDTH, y + 14, "value", anchor="end"))
    bottom = 4 + 26 * len(lanes)
    marks += time_axis(frames.duration_ms, x, bottom)
    spoken = ", ".join(f"{verdict}: {frames.count(verdict)}" for verdict in lanes)
    return picture("What became of the sampled frames", f"{spoken}.", bottom + 28, *marks)


def _ticks(frames: Frames, verdict: str, x: Callable[[float], float], y: float) -> Iterable[Markup]:
    fill = USED if verdict == "used" else REJECTED
    width = max(0.8 * (RIGHT - LEFT) * frames.gap_ms / 2.5 / frames.duration_ms, 1.2)
    for column in frames.columns:
        if column.verdicts[verdict]:
            yield box(min(x(column.at_ms), RIGHT - width), y, width, 18, fill)
