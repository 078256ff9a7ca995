"""`receipts`: an operator lists and rotates the keys beside a service that runs."""

from pathlib import Path

import pytest

from adapters.receipt_keys import FolderReceiptKeys
from launch.__main__ import main
from tests.conftest import NOON, Watch


def run(data: Path, *words: str, **caller: str) -> int:
    return main(["receipts", *words, "--data", str(data)], caller)


def test_a_rotation_prints_the_new_key_alone_and_lists_both(
    tmp_path: Path, watch: Watch, capsys: pytest.CaptureFixture[str]
):
    service = FolderReceiptKeys(tmp_path, watch)
    first = service.signer(NOON).key_id

    assert run(tmp_path, "rotate", "--in-s", "0") == 0
    second = capsys.readouterr().out.strip()
    assert run(tmp_path, "list") == 0
    listed = capsys.readouterr().out.splitlines()

    assert [one.key.id for one in service.published()] == [first, second]
    assert [line.split()[0] for line in listed] == [first, second]
    assert listed[1].endswith("further on")


def test_a_key_of_the_settings_is_changed_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path, "rotate", MIEN_RECEIPT_KEY=str(tmp_path / "key.pem")) == 1
    assert "MIEN_RECEIPT_KEY" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(tmp_path / "absent", "list") == 1
    assert "no data folder" in capsys.readouterr().err
    assert not (tmp_path / "absent").exists()


def test_a_folder_that_takes_no_keys_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "receipt-keys").write_text("in the way")

    assert run(tmp_path, "list") == 1
    assert "receipt-keys" in capsys.readouterr().err


@pytest.mark.parametrize("seconds", ["-1", "soon", "1.5", "9999999999"])
def test_a_time_that_is_none_is_wrong_usage(tmp_path: Path, seconds: str):
    with pytest.raises(SystemExit) as ended:
        run(tmp_path, "rotate", "--in-s", seconds)
    assert ended.value.code == 2
