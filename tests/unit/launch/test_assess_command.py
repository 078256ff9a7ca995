"""`python -m launch assess` as a person or a script calls it, against a real service."""

import contextlib
import io
import json
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from launch.__main__ import main
from launch.faults import LaunchFault
from tests.unit.launch.loopback import Loopback, assess

PROJECT = Path(__file__).resolve().parents[3]


def test_a_reported_assessment_is_shown_and_ends_with_0(
    here: Loopback, video: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = assess(here, video)

    said = capsys.readouterr()
    assert code == 0
    assert "100 %  sending" in said.out
    assert "Created assessment asm_" in said.out
    assert "reported" in said.out
    assert said.err == ""


def test_a_withheld_assessment_ends_with_3_and_says_why(
    here: Loopback, video: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = assess(here, video, "--reference", "sandbox/withheld/no_face")

    assert code == 3
    assert "no_face" in capsys.readouterr().out


def test_a_failed_assessment_ends_with_1_and_says_what_to_do(
    here: Loopback, video: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = assess(here, video, "--reference", "sandbox/failed/undecodable")

    said = capsys.readouterr()
    assert code == 1
    assert "failed, undecodable: The recording is damaged" in said.err


class Listener(io.StringIO):
    """Standard output that notes when a stage is told."""

    def __init__(self, stage: str) -> None:
        super().__init__()
        self._stage = stage
        self.heard = threading.Event()

    def write(self, text: str) -> int:
        if self._stage in text:
            self.heard.set()
        return super().write(text)


def test_the_stages_are_told_as_they_come(here: Loopback, video: Path) -> None:
    told = Listener("scoring")
    # The stage lasts until it was told: a stream tells the newest, and may miss a short one.
    here.beat = lambda: told.heard.wait(10)

    with contextlib.redirect_stdout(told):
        code = assess(here, video, "--reference", "sandbox/slow")

    said = told.getvalue()
    assert code == 0
    assert " %  scoring" in said
    assert said.rindex("100 %  succeeded") > said.index(" %  scoring")


def test_json_is_all_that_standard_output_gets(
    here: Loopback, video: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = assess(here, video, "--json", "--reference", "visit 12 [bold]", "--model", "expression")

    said = capsys.readouterr()
    body = json.loads(said.out)
    assert code == 0
    assert body["reference"] == "visit 12 [bold]"
    assert "expression" in {one["name"] for one in body["result"]["provenance"]["models"]}
    assert "Created assessment" in said.err


def test_whatever_the_api_takes_comes_from_a_file_and_options_come_first(
    here: Loopback, video: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = tmp_path / "request.json"
    asked.write_text('{"reference": "in the file", "sampling": {"every_ms": 800}}')

    code = assess(here, video, "--json", "--request", str(asked), "--reference", "said")

    body = json.loads(capsys.readouterr().out)
    assert code == 0
    assert body["reference"] == "said"
    assert here.house.request_of(body["id"]).sampling.every_ms == 800


def test_a_failed_assessment_has_its_json_too(
    here: Loopback, video: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = assess(here, video, "--json", "--reference", "sandbox/failed/too_long")

    assert code == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "too_long"


def test_what_is_written_can_be_read_again(here: Loopback, video: Path, tmp_path: Path) -> None:
    code = assess(here, video, "--out", str(tmp_path / "out"))

    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert code == 0
    results = {"assessment.json", "timeline.jsonl", "report.html"}
    assert written == results | {"receipt.json", "keys.json"}


def test_detached_it_prints_the_id_and_leaves_it(
    here: Loopback, video: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here.at_work.clear()

    code = assess(here, video, "--detach")

    printed = capsys.readouterr().out.strip()
    assert code == 0
    assert list(here.house.records.stored) == [printed]
    assert here.assessments() == ["queued"]


def test_it_waits_no_longer_than_told_and_the_assessment_goes_on(
    here: Loopback, video: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here.at_work.clear()
    began = time.monotonic()

    code = assess(here, video, "--wait", "1")

    assert code == 4
    assert 0.5 < time.monotonic() - began < 30
    assert "Still queued after 1 s: asm_" in capsys.readouterr().out
    assert here.assessments() == ["queued"]


def test_a_value_that_breaks_a_rule_is_named_by_its_pointer(
    here: Loopback, video: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = assess(here, video, "--model", "nosuch")

    said = capsys.readouterr().err
    assert code == 1
    assert "HTTP 422, validation_error" in said
    assert "/request/model: " in said
    assert "request id: " in said


def test_a_wrong_key_is_told_in_the_services_words(
    here: Loopback, video: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["assess", str(video), "--url", here.url, "--key", "sk_wrong"], {})

    assert code == 1
    assert "HTTP 401, unauthenticated" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.mp4", "--key", "k"], "no recording at nowhere.mp4"),
        (["setup.cfg"], "no API key"),
    ],
)
def test_wrong_usage_ends_with_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["assess", *arguments], {}) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["v.mp4", "--wait", "0"],
        ["v.mp4", "--wait", "1", "--detach"],
        ["v.mp4", "--upload", "pigeon"],
        ["v.mp4", "--model", "a,,b"],
        ["v.mp4", "--request", "nowhere.json"],
        ["v.mp4", "--request", __file__],
    ],
)
def test_arguments_that_do_not_go_end_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["assess", *arguments], {})

    assert ended.value.code == 2


def test_the_help_lists_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["assess", "--help"], {})

    said = capsys.readouterr().out
    assert all(f"\n  {code} " in said for code in (0, 1, 2, 3, 4, 130))
    assert LaunchFault.exit_code == 1


def test_ctrl_c_cancels_the_assessment_on_the_service(here: Loopback, video: Path) -> None:
    # A run in the background ignores Ctrl-C, and so would everything that it starts.
    heeding = ["env", "--default-signal=INT"]
    command = [*heeding, sys.executable, "-m", "launch", "assess", str(video), "--url", here.url]
    shown = subprocess.Popen(
        [*command, "--key", here.key, "--reference", "sandbox/never"],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert shown.stdout is not None
    for line in shown.stdout:
        if "scoring" in line:
            break
    shown.send_signal(signal.SIGINT)
    try:
        rest, _ = shown.communicate(timeout=60)
    finally:
        shown.kill()

    assert shown.returncode == 130
    assert "Canceled asm_" in rest
    assert here.assessments() == ["canceled"]
