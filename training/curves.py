"""A run's history as a table and as a picture; both are written whole after every epoch.

log.csv    epoch,loss,rmse,rate,best      one row an epoch, however often the run was killed
curve.png  the training loss, the development measure and its best epoch
"""

import csv
import io
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from training.files import write_atomically
from training.history import History, Measure

_LOSS_COLOUR, _DEVELOPMENT_COLOUR = "tab:blue", "tab:orange"


def write_log(path: Path, history: History) -> None:
    """Write one row an epoch; numbers are exact, epochs count from 1."""
    named = history.measure if history.measure is not Measure.NONE else "development"
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("epoch", "loss", named, "rate", "best"))
    for record in history.records:
        value = "" if record.development is None else repr(record.development)
        best = int(record.epoch == history.best_epoch)
        writer.writerow((record.epoch + 1, repr(record.loss), value, repr(record.rate), best))
    write_atomically(path, stream.getvalue().encode())


def write_curve(path: Path, history: History) -> None:
    """Draw loss and development over the epochs; nothing is drawn before the first."""
    if not history.records:
        return
    figure = Figure(figsize=(7.0, 4.0), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    epochs = [record.epoch + 1 for record in history.records]
    losses = [record.loss for record in history.records]
    axes.plot(epochs, losses, ".-", color=_LOSS_COLOUR)
    axes.set_xlabel("epoch")
    axes.set_ylabel("training loss", color=_LOSS_COLOUR)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if history.measure is not Measure.NONE:
        _draw_development(axes.twinx(), epochs, history)
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=120)
    write_atomically(path, content.getvalue())


def _draw_development(axes: Axes, epochs: list[int], history: History) -> None:
    known = [record.development for record in history.records]
    values = [value for value in known if value is not None]
    axes.plot(epochs, values, ".-", color=_DEVELOPMENT_COLOUR)
    axes.set_ylabel(f"development {history.measure}", color=_DEVELOPMENT_COLOUR)
    best = history.best_epoch
    axes.plot(epochs[best], values[best], "o", mfc="none", ms=10, color=_DEVELOPMENT_COLOUR)
    axes.set_title(f"best: {history.measure} {history.best:.4g} in epoch {best + 1}")
