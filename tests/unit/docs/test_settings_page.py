"""docs/settings.md is what the code says, and nobody has to look elsewhere."""

from pathlib import Path

from assessment.settings import Settings
from launch.parts import Plan, TritonPorts, application_environment
from launch.settings_page import DECIDED, default_of, kind_of, page

PROJECT = Path(__file__).resolve().parents[3]


def test_the_page_is_current():
    said = (PROJECT / "docs" / "settings.md").read_text()

    assert said == page(), "run `python -m launch.settings_page > docs/settings.md`"


def test_every_setting_is_there_with_a_meaning():
    rows = [line.split(" | ") for line in page().splitlines() if line.startswith(("| `M", "| *`M"))]

    assert len(rows) == len(Settings.model_fields)
    for row in rows:
        assert len(row) == 4
        assert len(row[-1]) > 10


def test_kinds_and_defaults_are_told_in_words():
    fields = Settings.model_fields

    assert kind_of(fields["mode"]) == "`research` or `production`"
    assert kind_of(fields["upload_max_bytes"]) == "whole number, above 0"
    assert kind_of(fields["quality_min_confidence"]) == "number, at least 0.6, at most 1"
    assert kind_of(fields["api_key"]) == "secret"
    assert kind_of(fields["licences"]) == "JSON object"
    assert default_of(fields["page"]) == "`true`"
    assert default_of(fields["licences"]) == "`{}`"
    assert default_of(fields["lease_s"]) == "`30`"
    assert default_of(fields["public_url"]) == "none"


def test_what_the_embedded_stack_decides_is_marked(tmp_path: Path):
    def decided(caller: dict[str, str]) -> dict[str, str]:
        ports = TritonPorts(1, 2, 3)
        plan = Plan(
            project=tmp_path, data=tmp_path, runtime=tmp_path, port=1, triton_ports=ports,
            triton_environment=tmp_path, api_key="sk_live_x", caller=caller,
        )  # fmt: skip
        return application_environment(plan)

    ours = decided({f"MIEN_{name.upper()}": "/theirs" for name in Settings.model_fields})

    own = {"MIEN_API_KEY"}  # which becomes the plan's, or the plan makes one
    taken = {name for name, value in ours.items() if value != "/theirs"} - own
    assert {f"MIEN_{name.upper()}" for name in DECIDED} == {n for n in taken if n[:5] == "MIEN_"}
