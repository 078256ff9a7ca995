"""docs/observability.md names every metric there is, with its labels, and none there is not."""

import re
from pathlib import Path

from tests.metrics_catalogue import parts

PAGE = Path(__file__).resolve().parents[3] / "docs" / "observability.md"
ROW = re.compile(r"^\| `(mien_\w+)` \| (\w+) \| ([^|]*) \| ([^|]*) \|", re.MULTILINE)


def shown() -> dict[str, tuple[str, set[str], set[str]]]:
    found: dict[str, tuple[str, set[str], set[str]]] = {}
    for part, metrics in parts().items():
        for metric in metrics:
            if metric.name.startswith("mien_"):
                name = metric.name + ("_total" if metric.type == "counter" else "")
                kind, of, labels = found.get(name, (metric.type, set(), set()))
                seen = {label for sample in metric.samples for label in sample.labels} - {"le"}
                found[name] = (kind, of | {part}, labels | seen)
    return found


def test_every_metric_is_on_the_page_and_no_other():
    told = {
        name: (kind, set(of.split(", "))) for name, kind, of, _ in ROW.findall(PAGE.read_text())
    }

    assert told == {name: (kind, of) for name, (kind, of, _) in shown().items()}


def test_the_labels_that_are_shown_are_on_the_page():
    told = {
        name: set(re.findall(r"\w+", labels)) for name, *_, labels in ROW.findall(PAGE.read_text())
    }

    missing = {name: labels - told[name] for name, (*_, labels) in shown().items()}

    assert {name: labels for name, labels in missing.items() if labels} == {}
