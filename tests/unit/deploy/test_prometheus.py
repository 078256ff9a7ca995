"""Alerts, dashboards and scrape targets against what the processes really show."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from assessment.settings import Settings
from tests.metrics_catalogue import names

PROJECT = Path(__file__).resolve().parents[3]
DEPLOY = PROJECT / "deploy"
ALERTS = DEPLOY / "prometheus" / "alerts.yml"
DASHBOARDS = sorted((DEPLOY / "grafana" / "dashboards").glob("*.json"))
PROMTOOL = shutil.which("promtool")
WORD = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
OURS = re.compile(r"(?:mien|nv|process)_\w+|up|ALERTS")


def alerts() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load(ALERTS.read_text())["groups"]
    return group["rules"]


def panels(dashboard: Path) -> list[dict[str, Any]]:
    return [one for one in json.loads(dashboard.read_text())["panels"] if one["type"] != "row"]


def expressions() -> list[tuple[str, str]]:
    found = [(one["alert"], one["expr"]) for one in alerts()]
    for dashboard in DASHBOARDS:
        for panel in panels(dashboard):
            found += [(panel["title"], target["expr"]) for target in panel["targets"]]
    return found


def metrics_in(expression: str) -> set[str]:
    """Return the metric names of a query: words that are no label, string or function."""
    bare = re.sub(r'"[^"]*"', "", expression)
    bare = re.sub(r"\{[^}]*\}", "", bare)
    bare = re.sub(r"\b(?:by|without|on|ignoring)\s*\([^)]*\)", "", bare)
    return {word for word in WORD.findall(bare) if OURS.fullmatch(word)}


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head).strip().lower().replace(" ", "-") for head in heads}


def test_every_query_asks_for_metrics_that_are_shown():
    known = names()

    unknown = {
        (where, name)
        for where, expression in expressions()
        for name in metrics_in(expression) - known
    }

    assert unknown == set()


def test_every_query_asks_for_some_metric():
    assert [where for where, expression in expressions() if not metrics_in(expression)] == []


def test_a_name_that_nobody_shows_would_be_noticed():
    assert metrics_in('sum by (le) (rate(mien_made_up_total{a="up"}[5m])) > 0') == {
        "mien_made_up_total"
    }
    assert "mien_made_up_total" not in names()


def test_every_alert_has_its_section_in_the_runbook():
    for rule in alerts():
        page, _, anchor = rule["annotations"]["runbook_url"].partition("#")

        assert anchor in anchors(PROJECT / page), rule["alert"]
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert {"summary", "description"} <= set(rule["annotations"])


def test_the_runbook_has_no_section_of_an_alert_that_is_gone():
    known = {one["alert"].lower() for one in alerts()}

    assert {one for one in anchors(PROJECT / "docs/runbook.md") if one.startswith("mien")} == known


def test_every_alert_is_tested_firing_and_silent():
    tests = yaml.safe_load((DEPLOY / "prometheus" / "alerts.test.yml").read_text())["tests"]

    told = {one["name"] for one in tests}

    assert told == {f"{one['alert']} {how}" for one in alerts() for how in ("fires", "is silent")}


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is missing: Debian's package `prometheus`")
@pytest.mark.parametrize(
    "command",
    [
        ["test", "rules", "alerts.test.yml"],
        ["check", "config", "prometheus.yml"],
        ["check", "config", "embedded.yml"],
    ],
)
def test_promtool_is_content(command: list[str]):
    assert PROMTOOL is not None
    done = subprocess.run(
        [PROMTOOL, *command], cwd=DEPLOY / "prometheus", capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_targets_are_the_ports_of_the_settings():
    jobs = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())["scrape_configs"]
    ports = {one["job_name"]: one["dns_sd_configs"][0]["port"] for one in jobs}
    settings = Settings()

    assert ports == {
        "mien-service": 8080,
        "mien-worker": settings.worker_metrics_port,
        "mien-sweeper": settings.sweeper_metrics_port,
        "mien-webhooks": settings.webhooks_metrics_port,
        "triton": 8002,
    }
    assert settings.metrics_host == "127.0.0.1"


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda one: one.stem)
def test_a_dashboard_is_one_that_grafana_can_provision(dashboard: Path):
    board = json.loads(dashboard.read_text())
    source = yaml.safe_load(
        (DEPLOY / "grafana" / "provisioning" / "datasources" / "prometheus.yml").read_text()
    )["datasources"][0]

    assert board["uid"] == dashboard.stem
    ids = [one["id"] for one in board["panels"]]
    assert len(set(ids)) == len(ids)
    for panel in panels(dashboard):
        assert panel["datasource"]["uid"] == source["uid"]
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        for target in panel["targets"]:
            assert target["datasource"]["uid"] == source["uid"]


def test_no_two_panels_of_a_dashboard_lie_over_each_other():
    for dashboard in DASHBOARDS:
        taken: set[tuple[int, int]] = set()
        for panel in json.loads(dashboard.read_text())["panels"]:
            place = panel["gridPos"]
            cells = {
                (x, y)
                for x in range(place["x"], place["x"] + place["w"])
                for y in range(place["y"], place["y"] + place["h"])
            }
            assert not cells & taken, panel["title"]
            taken |= cells
