"""The pictures of an evaluation, as PNG bytes: the same numbers give the same bytes.

scatter · confusion_matrix · reliability_curve · confidence_curve · attention_maps

Drawn with matplotlib's objects on Agg, without its global state. The colours are Okabe and Ito's,
which people with any common colour blindness tell apart; the maps use viridis, for the same reason.
"""

import io
from collections.abc import Sequence

import cv2
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from assessment.severity import BAND_STARTS, HIGHEST
from training.evaluation.conformal import Coverage, binomial_interval
from training.evaluation.metrics import BANDS
from training.evaluation.units import Scored

DPI = 110
MAP_DOTS = 350  # dots an inch, shared by the panels: photographs are heavy, any row < 200 kB
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#595959"
PALE_BLUE, PALE_GREY = "#CDE5F2", "#B0B0B0"


def png(figure: Figure, dpi: int = DPI) -> bytes:
    """Return the figure as PNG bytes without a date or a version, so that runs can be compared."""
    stream = io.BytesIO()
    figure.savefig(
        stream,
        format="png",
        dpi=dpi,
        metadata={"Software": None},
        bbox_inches="tight",
        pad_inches=0.08,
    )
    return stream.getvalue()


def scatter(scores: Scored, half_width: float | None = None, title: str = "") -> bytes:
    """Return truth against estimate over the BDI-II bands; scores (n,) on 0-63.

    Squares on the diagonal are where truth and estimate share a band; the dashed lines are the
    calibrated interval.
    """
    figure, axes = _figure(5.6, 5.6)
    _draw_bands(axes)
    line = np.array([0.0, HIGHEST])
    axes.plot(line, line, color=GREY, linewidth=1.2, label="truth = estimate")
    if half_width is not None:
        for sign, label in ((1, f"± {half_width:.1f}, 90 % interval"), (-1, None)):
            shifted = line + sign * half_width
            axes.plot(line, shifted, color=ORANGE, linestyle="--", linewidth=1.2, label=label)
    estimates = np.clip(scores.predicted, 0.0, HIGHEST)
    axes.scatter(
        scores.true, estimates, s=26, color=BLUE, alpha=0.65, edgecolors="white", linewidths=0.5
    )
    axes.set(xlim=(-1, 64), ylim=(-1, 64), aspect="equal")
    axes.set_xlabel("true BDI-II total")
    axes.set_ylabel("estimated BDI-II total")
    axes.set_title(title or f"{scores}", fontsize=11, pad=22)
    figure.legend(loc="outside lower center", ncols=2, fontsize=9, frameon=False)
    return png(figure)


def confusion_matrix(
    counts: NDArray[np.int64], labels: Sequence[str], title: str = "confusion"
) -> bytes:
    """Return counts (C, C), rows the truth, with the share of each row as the shade."""
    size = max(4.2, 1.9 + 0.62 * len(labels))
    figure, axes = _figure(size + 0.6, size)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    image = axes.imshow(shares, cmap="Blues", vmin=0.0, vmax=1.0)
    for (row, column), count in np.ndenumerate(counts):
        shade = "white" if shares[row, column] > 0.55 else "black"
        axes.text(column, row, str(count), ha="center", va="center", color=shade, fontsize=10)
    ticks = np.arange(len(labels))
    axes.set_xticks(ticks, labels, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(ticks, labels)
    axes.tick_params(length=0)
    axes.set_xlabel("said")
    axes.set_ylabel("true")
    axes.set_title(title, fontsize=11)
    figure.colorbar(image, ax=axes, fraction=0.046, pad=0.04).set_label("share of the true class")
    return png(figure)


def reliability_curve(points: Sequence[Coverage], title: str = "") -> bytes:
    """Return promised against measured coverage, with the 95 % binomial interval of each point."""
    levels = np.array([point.level for point in points])
    shares = np.array([point.share for point in points])
    ends = np.array([[point.low, point.high] for point in points]).T  # (2, n)
    figure, axes = _figure(5.0, 5.0)
    _draw_curve(axes, levels, shares, ends)
    axes.set_xlabel("promised coverage")
    axes.set_ylabel("measured coverage")
    axes.set_title(title or f"coverage on {points[0].n} held-out units", fontsize=11)
    return png(figure)


def confidence_curve(
    probabilities: NDArray[np.float64], true: NDArray[np.int64], bins: int = 10, title: str = ""
) -> bytes:
    """Return accuracy against the top probability: probabilities (n, C), true (n,) classes.

    Bins are equally wide; empty ones are left out; the bars are 95 % binomial intervals.
    """
    top, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == true
    member = np.minimum((top * bins).astype(int), bins - 1)
    present = np.unique(member)
    middles = np.array([top[member == one].mean() for one in present])
    shares = np.array([right[member == one].mean() for one in present])
    ends = np.array(
        [
            binomial_interval(int(right[member == one].sum()), int((member == one).sum()))
            for one in present
        ]
    ).T  # (2, bins present)
    figure, axes = _figure(5.0, 5.0)
    _draw_curve(axes, middles, shares, ends)
    axes.set_xlabel("top probability")
    axes.set_ylabel("accuracy")
    axes.set_title(title or f"confidence of {len(true)} rows", fontsize=11)
    return png(figure)


def attention_maps(
    face: NDArray[np.uint8], maps: NDArray[np.floating], names: Sequence[str] | None = None
) -> bytes:
    """Return a face (S, S, 3) uint8 RGB and the maps (k, h, w) of k heads laid over it.

    Each map is stretched over the face with its own smallest and largest value as the ends, so
    that maps show where a head looks, not how much.
    """
    count, side = len(maps), face.shape[0]
    figure = Figure(figsize=(2.1 * (count + 1), 2.45), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, count + 1, squeeze=False)[0]
    titles = ["face", *(names or [f"head {number}" for number in range(1, count + 1)])]
    for panel, title in zip(panels, titles, strict=True):
        panel.imshow(face if panel is panels[0] else face.mean(axis=2), cmap="gray")
        panel.set_title(title, fontsize=10)
        panel.set_axis_off()
    for panel, one in zip(panels[1:], maps, strict=True):
        heat = _stretched(one, side)
        panel.imshow(heat, cmap="viridis", vmin=0.0, vmax=1.0, alpha=0.15 + 0.6 * heat)
    return png(figure, MAP_DOTS // (count + 1))


def _stretched(one: NDArray[np.floating], side: int) -> NDArray[np.float64]:
    """A map (h, w) as (side, side) in 0-1; a flat one becomes all zero."""
    spread = float(one.max() - one.min())
    unit = (one - one.min()) / spread if spread > 0 else np.zeros_like(one)
    large = cv2.resize(unit.astype(np.float64), (side, side), interpolation=cv2.INTER_CUBIC)
    return np.clip(large, 0.0, 1.0).astype(np.float64)


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots()


def _draw_bands(axes: Axes) -> None:
    """Shade the squares in which truth and estimate share a band, and name the bands on top."""
    starts = [start for _, start in BAND_STARTS]
    ends = [*starts[1:], HIGHEST]
    for name, start, end in zip(BANDS, starts, ends, strict=True):
        axes.fill_between([start, end], start, end, color=PALE_BLUE, linewidth=0, zorder=0)
        axes.text((start + end) / 2, 64.8, name, ha="center", va="bottom", fontsize=8, color=GREY)
    for cut in starts[1:]:
        axes.axvline(cut, color=PALE_GREY, linewidth=0.7, zorder=0)
        axes.axhline(cut, color=PALE_GREY, linewidth=0.7, zorder=0)


def _draw_curve(
    axes: Axes,
    across: NDArray[np.float64],
    shares: NDArray[np.float64],
    ends: NDArray[np.float64],
) -> None:
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1.0, linestyle="--", label="as promised")
    below, above = shares - ends[0], ends[1] - shares
    axes.errorbar(
        across,
        shares,
        yerr=np.maximum(np.stack([below, above]), 0.0),
        color=BLUE,
        marker="o",
        markersize=5,
        linewidth=1.4,
        capsize=2.5,
        label="measured, 95 % interval",
    )
    axes.set(xlim=(0, 1), ylim=(0, 1.02), aspect="equal")
    axes.grid(color="#e3e3e3", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.legend(loc="upper left", fontsize=9)
