"""`audit`: what a reviewer is shown, and told when somebody was at the files."""

import json
from pathlib import Path

import pytest

from adapters.audit_files import FolderAudit
from launch.__main__ import main
from tests.conftest import Watch
from tests.unit.service.test_auditing import ENTRY


@pytest.fixture
def data(tmp_path: Path, watch: Watch) -> Path:
    FolderAudit(tmp_path / "audit", watch, keep_days=30).note(ENTRY)
    return tmp_path


def test_entries_of_one_assessment_are_shown(data: Path, capsys: pytest.CaptureFixture[str]):
    status = main(["audit", "--data", str(data), "--subject", ENTRY.subject or ""], {})

    shown = capsys.readouterr()
    assert status == 0
    assert json.loads(shown.out)["key_id"] == ENTRY.key_id
    assert "1 entries, none changed" in shown.err


def test_a_changed_entry_is_a_fault(data: Path, capsys: pytest.CaptureFixture[str]):
    (file,) = (data / "audit").iterdir()
    file.write_text(file.read_text().replace('"status":200', '"status":204'))

    status = main(["audit", "--data", str(data)], {})

    assert status == 1
    assert f"{file.name}, line 1" in capsys.readouterr().err.replace("\n", "")
