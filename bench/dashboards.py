"""Draw the Grafana dashboards as one HTML page, from the answers of a real Prometheus.

    python -m bench.dashboards --prometheus http://127.0.0.1:9090 --out dashboards.html

It stands in for Grafana where there is none: it reads the same JSON, asks every query of every
panel, and shows lines, numbers, legends and units in the panels' own places. A query that is
refused ends it; one that has no answer is shown, and counted, as empty.
"""

import argparse
import json
import sys
import time
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Final

import httpx

FOLDER: Final = Path(__file__).resolve().parents[1] / "deploy" / "grafana" / "dashboards"
COLOURS: Final = (
    "#1b6ca8",
    "#c7522a",
    "#3a7d44",
    "#8a4fa3",
    "#b8860b",
    "#2a9d8f",
    "#7a3b3b",
    "#555",
)
COLUMN, ROW = 50, 34
"""Pixels of a unit of Grafana's grid."""
STEPS: Final = 120
STYLE: Final = """
body{font:12px system-ui;margin:16px;background:#f4f5f6;color:#222;width:1210px}
.board{position:relative}.p{position:absolute;background:#fff;border:1px solid #ddd;
border-radius:4px;box-sizing:border-box;padding:6px;overflow:hidden}
.p b{display:block;white-space:nowrap}
.row{position:absolute;font-weight:600;font-size:14px}
.n{font-size:26px;padding-top:14px;text-align:center}
.l span{margin-right:8px;white-space:nowrap}.empty{color:#a00}small{color:#666}
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One series: its legend, and its points as (time, value)."""

    legend: str
    points: list[tuple[float, float]]


class Prometheus:
    """Asks queries over the last minutes."""

    def __init__(self, url: str, minutes: float) -> None:
        self._client = httpx.Client(base_url=url, timeout=30, trust_env=False)
        self.end_s = time.time()
        self.start_s = self.end_s - minutes * 60

    def lines(self, target: dict[str, Any]) -> list[Line]:
        """Return the series of a query."""
        step = max(1.0, (self.end_s - self.start_s) / STEPS)
        asked = {"query": target["expr"], "start": self.start_s, "end": self.end_s, "step": step}
        answer = self._client.post("/api/v1/query_range", data=asked)
        answer.raise_for_status()
        found = answer.json()["data"]["result"]
        return [Line(_legend(target, one["metric"]), _points(one["values"])) for one in found]


def _legend(target: dict[str, Any], labels: dict[str, str]) -> str:
    text = target["legendFormat"]
    for name, value in labels.items():
        text = text.replace("{{" + name + "}}", value)
    return text


def _points(values: list[tuple[float, str]]) -> list[tuple[float, float]]:
    pairs = ((float(at), float(value)) for at, value in values)
    return [(at, value) for at, value in pairs if value == value]


def drawn(lines: list[Line], prometheus: Prometheus, width: int, height: int) -> str:
    """Return the lines as SVG, the highest value written at the top."""
    top = max((value for line in lines for _, value in line.points), default=0) or 1.0
    span, base = prometheus.end_s - prometheus.start_s, height - 2
    out = [f'<svg width="{width}" height="{height}"><text x="2" y="10">{top:.3g}</text>']
    for index, line in enumerate(lines):
        places = " ".join(
            f"{(at - prometheus.start_s) / span * width:.1f},{base - value / top * (base - 14):.1f}"
            for at, value in line.points
        )
        colour = COLOURS[index % len(COLOURS)]
        out.append(
            f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
        )
    return "".join([*out, "</svg>"])


def panel(one: dict[str, Any], prometheus: Prometheus) -> tuple[str, bool]:
    """Return a panel as HTML, and whether it shows anything."""
    place = one["gridPos"]
    box = (
        f"left:{place['x'] * COLUMN}px;top:{place['y'] * ROW}px;"
        f"width:{place['w'] * COLUMN - 6}px;height:{place['h'] * ROW - 6}px"
    )
    if one["type"] == "row":
        return f'<div class="row" style="{box}">{escape(one["title"])}</div>', True
    lines = [line for target in one["targets"] for line in prometheus.lines(target) if line.points]
    unit = one["fieldConfig"]["defaults"]["unit"]
    head = f"<b>{escape(one['title'])} <small>{escape(unit)}</small></b>"
    if not lines:
        return f'<div class="p" style="{box}">{head}<div class="empty">no data</div></div>', False
    if one["type"] == "stat":
        told = " ".join(f"{line.points[-1][1]:.4g}" for line in lines)
        return f'<div class="p" style="{box}">{head}<div class="n">{told}</div></div>', True
    graph = drawn(lines, prometheus, place["w"] * COLUMN - 22, place["h"] * ROW - 76)
    legend = "".join(
        f'<span style="color:{COLOURS[i % len(COLOURS)]}">{escape(line.legend)}</span> '
        for i, line in enumerate(lines)
    )
    return f'<div class="p" style="{box}">{head}{graph}<div class="l">{legend}</div></div>', True


def board(file: Path, prometheus: Prometheus) -> tuple[str, list[str]]:
    """Return a dashboard as HTML, and the titles of its panels without data."""
    content = json.loads(file.read_text())
    made = [(one["title"], *panel(one, prometheus)) for one in content["panels"]]
    low = max(one["gridPos"]["y"] + one["gridPos"]["h"] for one in content["panels"])
    head = f"<h2>{escape(content['title'])}</h2><p>{escape(content['description'])}</p>"
    body = "".join(html for _, html, _ in made)
    html = f'{head}<div class="board" style="height:{low * ROW}px">{body}</div>'
    return html, [title for title, _, full in made if not full]


def main() -> int:
    """Draw all dashboards."""
    parser = argparse.ArgumentParser(prog="python -m bench.dashboards", description=__doc__)
    parser.add_argument("--prometheus", default="http://127.0.0.1:9090")
    parser.add_argument("--minutes", type=float, default=15.0)
    parser.add_argument("--out", type=Path, default=Path("dashboards.html"))
    options = parser.parse_args()
    prometheus, pages = Prometheus(options.prometheus, options.minutes), []
    for file in sorted(FOLDER.glob("*.json")):
        html, empty = board(file, prometheus)
        pages.append(html)
        print(f"{file.stem}: no data in {len(empty)} panels: {', '.join(empty) or '-'}")
    page = f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style>{"".join(pages)}'
    options.out.write_text(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
