"""The ten lines of docs/results.md verify what mien signs, and nothing else."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature

from adapters.memory_receipt_keys import MemoryReceiptKeys
from adapters.signed_document import canonical, signed
from service.notary import key_set
from service.receipt_examples import RECEIPT_EXAMPLES
from tests.conftest import NOON, Watch

PAGE = Path(__file__).resolve().parents[3] / "docs" / "results.md"


def snippet() -> str:
    section = PAGE.read_text().partition("## The receipt")[2]
    found = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert found is not None
    return found.group(1)


class Reader:
    """Runs the lines on two files, as `python check.py receipt.json keys.json` would."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._files = [folder / "receipt.json", folder / "keys.json"]
        monkeypatch.setattr("sys.argv", ["check.py", *map(str, self._files)])

    def verify(self, receipt: bytes, keys: object) -> None:
        self._files[0].write_bytes(receipt)
        self._files[1].write_text(json.dumps(keys))
        exec(compile(snippet(), "snippet", "exec"), {})


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    return Reader(tmp_path, monkeypatch)


@pytest.mark.parametrize("name", ["AssessmentReceipt", "Receipt"])
def test_genuine_receipts_pass_and_changed_ones_do_not(reader: Reader, name: str):
    keys, receipt = RECEIPT_EXAMPLES["ReceiptKeySet"], canonical(RECEIPT_EXAMPLES[name])

    reader.verify(receipt, keys)

    for changed in (receipt.replace(b"false", b"true", 1), receipt.replace(b"2026", b"2025", 1)):
        with pytest.raises(InvalidSignature):
            reader.verify(changed, keys)


def test_an_old_key_does_not_speak_of_later_times(reader: Reader, watch: Watch):
    keys, statement = MemoryReceiptKeys(watch), dict(RECEIPT_EXAMPLES["AssessmentReceipt"])
    for member in ("algorithm", "key_id", "signature"):
        del statement[member]
    old = keys.signer(NOON)
    keys.rotate(signs_from=NOON + timedelta(days=1))
    early = canonical(signed({**statement, "ended_at": "2026-01-02T11:00:00Z"}, old))
    late = canonical(signed({**statement, "ended_at": "2026-01-02T12:00:00Z"}, old))

    reader.verify(early, key_set(keys.published()))

    with pytest.raises(AssertionError):
        reader.verify(late, key_set(keys.published()))
