"""`verify`: a receipt is what was signed, or it is not verified, whatever was done to it."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.memory_receipt_keys import MemoryReceiptKeys
from adapters.signed_document import canonical, digest, signed
from assessment.receipts import PublishedKey
from launch.__main__ import main
from launch.faults import NotVerified
from launch.receipt_check import check, keys_of, read_object
from service.notary import key_set
from service.receipt_examples import RECEIPT_EXAMPLES
from tests.conftest import NOON, Watch

EXAMPLE = RECEIPT_EXAMPLES["AssessmentReceipt"]
STATEMENT = {
    name: value
    for name, value in EXAMPLE.items()
    if name not in ("algorithm", "key_id", "signature")
}
KEYS = keys_of(json.dumps(RECEIPT_EXAMPLES["ReceiptKeySet"]).encode())
RECEIPT = canonical(EXAMPLE)
RESULT = {"severity": [{"point": 18.43, "low": 1e-7}], "notices": ["für Äxte"], "n": 10**15}


@dataclass
class Bench:
    """Files of a receipt, its keys and a result, and the command over them."""

    folder: Path
    watch: Watch
    capsys: pytest.CaptureFixture[str]

    def __post_init__(self) -> None:
        self.keys = MemoryReceiptKeys(self.watch)

    def sign(self, **changes: Any) -> Path:
        statement = {**STATEMENT, "result_sha256": digest(RESULT), **changes}
        return self.write("receipt.json", signed(statement, self.keys.signer(NOON)))

    def write(self, name: str, document: object) -> Path:
        path = self.folder / name
        content = document if isinstance(document, bytes) else json.dumps(document).encode()
        path.write_bytes(content)
        return path

    def verify(self, receipt: Path, *more: str | Path) -> int:
        keys = self.write("keys.json", key_set(self.keys.published()))
        code = main(["verify", str(receipt), "--keys", str(keys), *map(str, more)], {})
        self.said = "".join(self.capsys.readouterr())
        return code


@pytest.fixture
def bench(tmp_path: Path, watch: Watch, capsys: pytest.CaptureFixture[str]) -> Bench:
    return Bench(tmp_path, watch, capsys)


def test_a_genuine_receipt_is_verified_and_told_in_words(bench: Bench):
    code = bench.verify(bench.sign())

    assert code == 0
    assert bench.said.startswith("Verified")
    for word in (EXAMPLE["assessment_id"], "withheld", "no_face", "hmhn", "not compared"):
        assert word in bench.said
    assert "SANDBOX" not in bench.said


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(RECEIPT) - 1), st.integers(1, 255))
def test_one_changed_byte_is_never_verified(place: int, change: int):
    changed = bytearray(RECEIPT)
    changed[place] ^= change

    with pytest.raises(NotVerified):
        check(bytes(changed), KEYS)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_whatever_the_file_holds_there_is_an_answer(content: bytes):
    with pytest.raises(NotVerified):
        check(content, KEYS)


@pytest.mark.parametrize(
    "content",
    [
        RECEIPT + b"}",
        RECEIPT.replace(b'"version":1', b'"version":1,"version":1'),
        RECEIPT.replace(b'"version":1', b'"version":true'),
        RECEIPT.replace(b'"version":1', b'"version":' + b"9" * 5000),
        RECEIPT.replace(b'"version":1', b'"version":NaN'),
        RECEIPT.replace(b'"kind":"assessment"', b'"kind":["assessment"]'),
        RECEIPT.replace(b'"mien 0.1.0"', b'"\\ud800"'),
        b"[" * 100_000,
        b"null",
        b"\xff\xfe{}",
    ],
)
def test_nothing_odd_is_verified(content: bytes):
    with pytest.raises(NotVerified):
        check(content, KEYS)


def test_another_layout_of_the_same_values_is_still_the_receipt(bench: Bench):
    receipt = bench.sign()
    receipt.write_text(json.dumps(json.loads(receipt.read_text()), indent=4, sort_keys=False))

    assert bench.verify(receipt) == 0


def test_a_changed_receipt_ends_with_code_1_and_the_reason(bench: Bench):
    receipt = bench.sign()
    receipt.write_bytes(receipt.read_bytes().replace(b"withheld", b"reported", 1))

    assert bench.verify(receipt) == 1
    assert "NOT VERIFIED" in bench.said
    assert "Traceback" not in bench.said


def test_a_receipt_of_another_installation_is_not_verified(bench: Bench, watch: Watch):
    receipt = bench.sign()
    bench.keys = MemoryReceiptKeys(watch)

    assert bench.verify(receipt) == 1
    assert "not among these keys" in bench.said


def test_a_signed_document_that_is_no_receipt_is_not_verified(bench: Bench):
    odd = bench.write(
        "odd.json",
        signed({"kind": "assessment", "version": 1}, bench.keys.signer(NOON)),
    )

    assert bench.verify(odd) == 1


@pytest.mark.parametrize("at", ["soon", "2026-01-01", "2026-01-01T12:00:00"])
def test_a_signed_time_that_is_none_is_not_verified(bench: Bench, at: str):
    receipt = bench.sign(ended_at=at)
    bench.keys.rotate(signs_from=NOON + timedelta(seconds=1))

    assert bench.verify(receipt) == 1
    assert "NOT VERIFIED" in bench.said


def test_no_depth_of_brackets_ends_in_a_traceback():
    for depth in range(800, 1000):
        content = RECEIPT[:-1] + b',"x":' + b"[" * depth + b"]" * depth + b"}"
        with pytest.raises(NotVerified):
            check(content, KEYS)


@pytest.mark.parametrize("url", ["http://xn--/", f"http://{'a' * 70}/", "nowhere", ""])
def test_an_address_that_is_none_ends_with_code_2(bench: Bench, url: str):
    assert main(["verify", str(bench.sign()), "--url", url], {}) == 2


def test_a_receipt_survives_rotations_and_an_old_key_cannot_sign_for_later(bench: Bench):
    old, receipt = bench.keys.signer(NOON), bench.sign(ended_at="2026-01-01T12:00:00Z")
    bench.keys.rotate(signs_from=NOON + timedelta(seconds=1))
    assert bench.verify(receipt) == 0

    forged = bench.write("x.json", signed({**STATEMENT, "ended_at": "2026-06-01T00:00:00Z"}, old))

    assert bench.verify(forged) == 1
    assert "signs nothing from" in bench.said


def test_the_result_is_compared_alone_or_within_its_assessment(bench: Bench):
    receipt = bench.sign()
    result = bench.write("result.json", RESULT)
    whole = bench.write("assessment.json", {"id": EXAMPLE["assessment_id"], "result": RESULT})

    assert bench.verify(receipt, "--result", result) == 0
    assert bench.verify(receipt, "--result", whole) == 0
    assert "is that of" in bench.said


@pytest.mark.parametrize(
    "saved",
    [
        {**RESULT, "n": 1},
        {"id": "asm_" + 32 * "f", "result": RESULT},
        {"id": EXAMPLE["assessment_id"], "result": {}},
        b"no JSON",
        b'{"n": 1e999}',
    ],
)
def test_another_result_is_not_verified(bench: Bench, saved: object):
    assert bench.verify(bench.sign(), "--result", bench.write("saved.json", saved)) == 1
    assert "NOT VERIFIED" in bench.said


def test_a_deletion_is_verified_and_has_no_result(bench: Bench):
    said = {
        name: value
        for name, value in RECEIPT_EXAMPLES["Receipt"].items()
        if name not in ("algorithm", "key_id", "signature")
    }
    receipt = bench.write("gone.json", signed(said, bench.keys.signer(NOON)))
    result = bench.write("result.json", RESULT)

    assert bench.verify(receipt) == 0
    assert "deletion   of all of" in bench.said
    assert bench.verify(receipt, "--result", result) == 1


def test_the_sandbox_is_named_in_capitals(bench: Bench):
    assert bench.verify(bench.sign(sandbox=True)) == 0
    assert "SANDBOX" in bench.said


@pytest.mark.parametrize("keys", [b"", b"{}", b'{"keys": [{}]}', b'{"keys": 1}', b"[]"])
def test_what_cannot_be_checked_ends_with_code_2(bench: Bench, keys: bytes, tmp_path: Path):
    receipt, bad = bench.sign(), bench.write("bad.json", keys)

    assert main(["verify", str(receipt), "--keys", str(bad)], {}) == 2
    assert main(["verify", str(tmp_path / "absent"), "--keys", str(bad)], {}) == 2
    assert main(["verify", str(receipt), "--url", "http://127.0.0.1:1"], {}) == 2


def test_a_key_under_another_keys_name_is_no_key(bench: Bench):
    [jwk] = key_set(bench.keys.published())["keys"]
    [other] = key_set(MemoryReceiptKeys(bench.watch).published())["keys"]
    bad = bench.write("bad.json", {"keys": [{**jwk, "x": other["x"]}]})

    assert main(["verify", str(bench.sign()), "--keys", str(bad)], {}) == 2


def test_the_canonical_form_is_that_of_the_published_library():
    assert canonical(RESULT) == rfc8785.dumps(RESULT)
    assert read_object(canonical(RESULT)) == RESULT


def test_the_window_of_a_key_ends_where_the_next_begins():
    [published] = KEYS
    until = published.key.signs_from + timedelta(days=1)

    with pytest.raises(NotVerified, match="signs nothing from"):
        check(RECEIPT, [PublishedKey(published.key, until)])
    assert check(RECEIPT, [replace(published, signs_until=NOON + timedelta(days=400))])
