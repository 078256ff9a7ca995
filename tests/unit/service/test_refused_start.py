"""Service, worker and sender really started: production with bad settings ends at once."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from assessment.settings import Mode, Settings
from service.app import create_app
from tests.samples import a_manifest
from tests.unit.assessment.test_production import GOOD_KEY

PROJECT: Final = Path(__file__).resolve().parents[3]
SERVICE: Final = ("uvicorn", "service.app:create_app", "--factory", "--port", "0")
WORKER: Final = ("celery", "-A", "worker.app:app", "worker", "--pool", "solo")
SENDER: Final = ("worker", "webhooks")
SHORTCOMINGS: Final = {
    SERVICE: ("MIEN_PUBLIC_URL", "MIEN_API_KEY", "MIEN_CALLBACK_ALLOW_LOOPBACK"),
    WORKER: ("MIEN_CALLBACK_ALLOW_LOOPBACK", "MIEN_DETECTOR"),
    SENDER: ("MIEN_CALLBACK_ALLOW_LOOPBACK",),
}
EX_CONFIG: Final = 78
PATIENCE_S: Final = 200.0


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A model repository with one network, as far as manifests go."""
    folder = tmp_path / "models" / "hmhn" / "1"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps(a_manifest("hmhn").document))
    return tmp_path / "models"


class Started:
    """A module started with these settings, in a process of its own."""

    def __init__(self, command: tuple[str, ...], given: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=PROJECT,
            env={"PATH": "/usr/bin:/bin", "MIEN_REDIS_URL": "redis://127.0.0.1:1/0"} | dict(given),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ended(self) -> tuple[int, str]:
        """Return its exit status and what it said."""
        try:
            _, said = self._process.communicate(timeout=PATIENCE_S)
        finally:
            self._process.kill()
        return self._process.returncode, said


def test_service_worker_and_sender_say_all_that_is_missing_and_end(
    tmp_path: Path, repository: Path
) -> None:
    # given
    detector = tmp_path / "det_10g.onnx"
    detector.write_bytes(b"somebody's weights")
    given = {
        "MIEN_MODE": "production",
        "MIEN_DATA": str(tmp_path / "data"),
        "MIEN_MODEL_REPOSITORY": str(repository),
        "MIEN_DETECTOR": str(detector),
        "MIEN_CALLBACK_ALLOW_LOOPBACK": "true",
    }

    # when
    started = [Started(command, given) for command in SHORTCOMINGS]
    ended = [one.ended() for one in started]

    # then
    for (status, said), shortcomings in zip(ended, SHORTCOMINGS.values(), strict=True):
        (line,) = [one for one in said.splitlines() if one.startswith("mien cannot start: ")]
        assert status == EX_CONFIG
        assert "Traceback" not in said
        assert "MIEN_MODE=production" in line
        assert all(one in line for one in shortcomings)


@pytest.mark.parametrize("command", [SERVICE, WORKER, SENDER])
def test_settings_that_are_none_are_named_on_one_line_without_their_values(
    tmp_path: Path, repository: Path, command: tuple[str, ...]
) -> None:
    given = {
        "MIEN_DATA": str(tmp_path / "data"),
        "MIEN_MODEL_REPOSITORY": str(repository),
        "MIEN_MODE": "canary-mode",
        "MIEN_FEEDBACK_TTL_S": "9" * 14,
    }

    status, said = Started(command, given).ended()

    [line] = said.splitlines()
    assert status == EX_CONFIG
    assert "MIEN_MODE" in line
    assert "MIEN_FEEDBACK_TTL_S" in line
    assert "canary" not in line


def test_a_setting_that_is_no_json_is_named_on_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIEN_LICENCES", "{canary")

    with pytest.raises(SystemExit) as ended:
        create_app()

    [line] = capsys.readouterr().err.splitlines()
    assert ended.value.code == EX_CONFIG
    assert "licences" in line
    assert "canary" not in line


def settings(tmp_path: Path, repository: Path, **changes: object) -> Settings:
    good: dict[str, object] = {
        "mode": Mode.PRODUCTION,
        "data": tmp_path / "data",
        "model_repository": repository,
        "public_url": "https://mien.example.org",
        "api_key": GOOD_KEY,
    }
    return Settings.model_validate(good | changes)


def test_the_service_starts_in_production_with_good_settings(
    tmp_path: Path, repository: Path
) -> None:
    app = create_app(settings(tmp_path, repository))

    assert app.state.desk.health is not None


@pytest.mark.parametrize("mode", Mode)
def test_an_ill_formed_file_of_rules_is_refused_in_both_modes(
    tmp_path: Path, repository: Path, mode: Mode, capsys: pytest.CaptureFixture[str]
) -> None:
    # given
    rules = tmp_path / "rules.toml"
    rules.write_text('[[rules]]\nname = "a"\nanalyses = ["severity"]\n')

    # when
    with pytest.raises(SystemExit) as ended:
        create_app(settings(tmp_path, repository, mode=mode, jurisdictions=rules))

    # then
    assert ended.value.code == EX_CONFIG
    assert "rules.toml, line 1: `because` is missing" in capsys.readouterr().err
