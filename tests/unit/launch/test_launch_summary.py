"""What a person reads in the terminal."""

from typing import Any

import pytest
from rich.console import Console

from launch.progress import display, stage_and_percent
from launch.summary import summary
from tests.unit.launch.results import reported, withheld


def read(result: dict[str, Any], outcome: str = "reported") -> str:
    console = Console(width=120, force_terminal=False)
    with console.capture() as said:
        console.print(summary({"id": "asm_1", "outcome": outcome, "result": result}))
    return said.get()


def test_a_reported_result_is_shown_with_its_interval_and_ledger() -> None:
    said = read(reported())

    assert "12.3" in said
    assert "4.1 to 20.6 (90%, n = 40)" in said
    assert "mostly happy" in said
    assert "10 sampled, 8 used; rejected: 2 no_face; 3.2 s of face" in said
    assert "Does not assess: suicide risk." in said


def test_demonstration_weights_are_stamped() -> None:
    assert "DEMONSTRATION WEIGHTS" in read(reported())


def test_weights_with_evidence_are_not_stamped() -> None:
    result = reported()
    result["severity"][0]["demonstration"] = False
    result["provenance"]["models"][0]["demonstration"] = False

    assert "DEMONSTRATION WEIGHTS" not in read(result)


def test_a_withheld_result_says_why_and_shows_no_number() -> None:
    said = read(withheld(), "withheld")

    assert "no_face" in said
    assert "Record the face from the front." in said
    assert "estimate" not in said
    assert "mostly" not in said


def test_a_network_without_calibration_says_so() -> None:
    result = reported()
    result["severity"][0] |= {"interval": None, "bands": None}

    assert read(result).count("not calibrated") == 2


@pytest.mark.parametrize(
    ("band", "said"), [("minimal", "minimal (60%)"), (None, "none: minimal or mild")]
)
def test_it_names_a_band_only_where_the_service_does(band: str | None, said: str) -> None:
    result = reported()
    result["severity"][0]["band"] = band

    assert said in " ".join(read(result).split())


def test_markup_in_a_result_is_shown_as_it_is() -> None:
    result: dict[str, Any] = withheld() | {"notices": ["[bold]look[/bold]"]}
    result["withheld"][0]["have"] = "[red]1[/red]"

    said = read(result)

    assert "[bold]look[/bold]" in said
    assert "[red]1[/red]" in said


@pytest.mark.parametrize(
    ("assessment", "shown"),
    [
        ({"status": "queued", "progress": None}, ("queued", 0)),
        ({"status": "processing", "progress": {"stage": "faces", "percent": 41}}, ("faces", 41)),
        (
            {"status": "succeeded", "progress": {"stage": "faces", "percent": 99}},
            ("succeeded", 100),
        ),
        ({"status": "failed", "progress": {"stage": "faces", "percent": 50}}, ("failed", 50)),
    ],
)
def test_progress_is_a_stage_and_a_percentage(
    assessment: dict[str, Any], shown: tuple[str, int]
) -> None:
    assert stage_and_percent(assessment) == shown


def test_without_a_terminal_a_line_is_printed_for_every_step() -> None:
    console = Console(width=80, force_terminal=False)
    steps = [0, 3, 12, 14, 40]

    with console.capture() as said, display(console) as shown:
        for percent in steps:
            progress = {"stage": "faces", "percent": percent}
            shown.show({"status": "processing", "progress": progress})

    assert said.get().splitlines() == ["  0 %  faces", " 12 %  faces", " 40 %  faces"]


def test_on_a_terminal_a_bar_is_drawn() -> None:
    console = Console(width=80, force_terminal=True)

    with console.capture() as said, display(console) as shown:
        shown.show({"status": "succeeded"})

    assert "100 %" in said.get()
