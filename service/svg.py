"""SVG as small pure functions: elements, scales, a time axis. All text is escaped."""

from collections.abc import Callable, Iterable
from typing import Final

from markupsafe import Markup, escape

WIDTH: Final = 720
"""Width of every picture in its own units; text of 14 units stays readable on a telephone."""

Point = tuple[float, float]
"""x and y in the units of the drawing's `viewBox`; y grows downwards."""
_STEPS_S: Final = (0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800)


def element(name: str, *children: str, **attributes: str | float) -> Markup:
    """Return an element; `class_` and `text_anchor` become `class` and `text-anchor`."""
    written = "".join(f' {_name(key)}="{_value(value)}"' for key, value in attributes.items())
    inside = "".join(escape(child) for child in children)
    return Markup(f"<{name}{written}>{inside}</{name}>")  # noqa: S704  every part was escaped


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _value(value: str | float) -> str:
    return escape(value) if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")


def picture(title: str, description: str, height: float, *children: str) -> Markup:
    """Return a whole picture that a screen reader can name and describe."""
    return element(
        "svg",
        element("title", title),
        element("desc", description),
        *children,
        viewBox=f"0 0 {WIDTH} {height:g}",
        role="img",
        xmlns="http://www.w3.org/2000/svg",
    )


def text(words: str, x: float, y: float, class_: str = "", *, anchor: str = "start") -> Markup:
    """Return words on a baseline."""
    return element("text", words, x=x, y=y, class_=class_, text_anchor=anchor)


def box(x: float, y: float, width: float, height: float, fill: str) -> Markup:
    """Return a filled rectangle."""
    return element("rect", x=x, y=y, width=width, height=height, fill=fill)


def rule(start: Point, end: Point, class_: str) -> Markup:
    """Return a straight line."""
    return element("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], class_=class_)


def line(points: Iterable[Point], stroke: str) -> Markup:
    """Return a line through the points."""
    return element("polyline", points=_points(points), fill="none", stroke=stroke, stroke_width=2.0)


def area(points: list[Point], baseline: float, fill: str) -> Markup:
    """Return the area between the points and a baseline."""
    closed = [(points[0][0], baseline), *points, (points[-1][0], baseline)]
    return element("polygon", points=_points(closed), fill=fill)


def dot(at: Point, fill: str) -> Markup:
    """Return a small disc."""
    return element("circle", cx=at[0], cy=at[1], r=2.5, fill=fill)


def _points(points: Iterable[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def scale(values: Point, pixels: Point) -> Callable[[float], float]:
    """Return the straight map from one range to another."""
    factor = (pixels[1] - pixels[0]) / (values[1] - values[0])
    return lambda value: pixels[0] + (value - values[0]) * factor


def clock(milliseconds: float) -> str:
    """Return media time as minutes and seconds, with tenths where they matter."""
    minutes, seconds = divmod(round(milliseconds / 1000, 1), 60)
    whole = seconds == int(seconds)
    return f"{int(minutes)}:{seconds:02.0f}" if whole else f"{int(minutes)}:{seconds:04.1f}"


def lasting(milliseconds: float) -> str:
    """Return how long something lasted: seconds, from a minute on minutes and seconds."""
    if milliseconds < 59_950:
        return f"{milliseconds / 1000:.1f} s"
    return f"{clock(milliseconds)} min"


def time_axis(duration_ms: float, x: Callable[[float], float], y: float) -> list[Markup]:
    """Return a baseline with ticks of media time."""
    seconds = duration_ms / 1000
    step = next((one for one in _STEPS_S if seconds / one <= 8), seconds / 8)
    count = int(seconds / step + 1e-9) + 1
    ticks = [1000 * step * i for i in range(count)]
    marks = [rule((x(0), y), (x(duration_ms), y), "axis")]
    for tick in ticks:
        marks.append(rule((x(tick), y), (x(tick), y + 5), "axis"))
        marks.append(text(clock(tick), x(tick), y + 20, "tick", anchor="middle"))
    return marks
