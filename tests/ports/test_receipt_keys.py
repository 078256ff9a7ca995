"""The keys of receipts: in memory, and in the data folder that several processes share."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from adapters.memory_receipt_keys import MemoryReceiptKeys
from adapters.receipt_keys import FOLDER, FolderReceiptKeys
from assessment.faults import Misconfigured
from assessment.receipts import ReceiptKeys
from tests.conftest import NOON, Watch

LATER = NOON + timedelta(seconds=600)
MUCH_LATER = NOON + timedelta(days=30)
PemFile = Callable[[], Path]


@pytest.fixture(params=["memory", "folder"])
def keys(request: pytest.FixtureRequest, watch: Watch, tmp_path: Path) -> ReceiptKeys:
    if request.param == "memory":
        return MemoryReceiptKeys(watch)
    return FolderReceiptKeys(tmp_path, watch)


@pytest.fixture
def pem(tmp_path: Path) -> PemFile:
    def make() -> Path:
        path = tmp_path / "key.pem"
        form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(Ed25519PrivateKey.generate().private_bytes(*form))
        return path

    return make


def test_what_a_key_signs_its_published_half_verifies(keys: ReceiptKeys):
    signer = keys.signer(NOON)

    signature = signer.sign(b"content")

    [published] = keys.published()
    assert (published.key.id, published.key.signs_from) == (signer.key_id, NOON)
    assert published.signs_until is None
    Ed25519PublicKey.from_public_bytes(published.key.public).verify(signature, b"content")
    assert signer.sign(b"content") == signature


def test_a_new_key_is_published_at_once_and_signs_when_its_time_has_come(keys: ReceiptKeys):
    first = keys.signer(NOON).key_id

    second = keys.rotate(signs_from=LATER)

    assert [one.key.id for one in keys.published()] == [first, second.id]
    assert [one.signs_until for one in keys.published()] == [LATER, None]
    assert keys.signer(LATER - timedelta(microseconds=1)).key_id == first
    assert keys.signer(LATER).key_id == second.id


def test_what_ended_before_a_rotation_is_signed_as_before_it(keys: ReceiptKeys, watch: Watch):
    before = keys.signer(NOON).sign(b"an old receipt")
    keys.rotate(signs_from=LATER)

    watch.go_on(86_400)

    assert keys.signer(NOON).sign(b"an old receipt") == before


def test_a_rotation_overtakes_one_that_has_not_begun(keys: ReceiptKeys):
    keys.signer(NOON)
    keys.rotate(signs_from=MUCH_LATER)

    third = keys.rotate(signs_from=LATER)

    assert keys.signer(LATER).key_id == keys.signer(MUCH_LATER).key_id == third.id
    assert [one.signs_until for one in keys.published()] == [LATER, LATER, None]


def test_a_clock_that_was_set_back_makes_no_key_end_before_it_begins(
    keys: ReceiptKeys, watch: Watch
):
    first = keys.signer(NOON)
    signature = first.sign(b"a receipt of noon")
    watch.go_on(-86_400)

    second = keys.rotate(signs_from=watch() + timedelta(seconds=60))
    third = keys.rotate(signs_from=watch())

    ended = [one for one in keys.published() if one.signs_until is not None]
    assert all(one.signs_until >= one.key.signs_from for one in ended if one.signs_until)
    assert second.signs_from > NOON < third.signs_from
    assert keys.signer(NOON).sign(b"a receipt of noon") == signature
    assert keys.signer(third.signs_from).key_id == third.id


def test_a_key_that_never_came_to_sign_is_published_with_no_time(keys: ReceiptKeys):
    keys.signer(NOON)
    keys.rotate(signs_from=MUCH_LATER)
    keys.rotate(signs_from=LATER)

    overtaken = keys.published()[1]

    assert overtaken.key.signs_from == overtaken.signs_until == LATER


def test_what_ended_before_there_was_a_key_is_signed_by_the_first(keys: ReceiptKeys):
    first = keys.signer(NOON).key_id

    assert keys.signer(NOON - timedelta(days=3)).key_id == first


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path, watch: Watch):
    def start(_: int) -> str:
        return FolderReceiptKeys(tmp_path, watch).signer(NOON).key_id

    with ThreadPoolExecutor(8) as pool:
        named = set(pool.map(start, range(32)))

    assert len(named) == 1
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == ["0001.json"]


def test_a_running_process_sees_what_another_one_rotated(tmp_path: Path, watch: Watch):
    running, operator = (FolderReceiptKeys(tmp_path, watch) for _ in range(2))
    first = running.signer(NOON).key_id

    second = operator.rotate(signs_from=LATER)

    assert running.signer(LATER).key_id == second.id != first
    assert len(running.published()) == 2


def test_private_halves_are_for_their_owner_only(tmp_path: Path, watch: Watch):
    FolderReceiptKeys(tmp_path, watch).signer(NOON)

    folder = tmp_path / FOLDER
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "0001.json").stat().st_mode & 0o777 == 0o600


def test_the_operators_own_key_signs_and_its_private_half_is_not_copied(
    tmp_path: Path, watch: Watch, pem: PemFile
):
    keys = FolderReceiptKeys(tmp_path, watch, pem())

    signature = keys.signer(NOON).sign(b"content")

    [published] = keys.published()
    Ed25519PublicKey.from_public_bytes(published.key.public).verify(signature, b"content")
    assert '"private": null' in (tmp_path / FOLDER / "0001.json").read_text()


def test_another_key_in_the_operators_file_is_a_rotation(
    tmp_path: Path, watch: Watch, pem: PemFile
):
    keys = FolderReceiptKeys(tmp_path, watch, pem())
    first = keys.signer(NOON).key_id
    watch.go_on(60)

    pem()

    second = keys.signer(watch()).key_id
    assert [one.key.id for one in keys.published()] == [first, second]
    # The private half of the first is gone: the present one stands in.
    assert keys.signer(NOON).key_id == second


def test_a_key_that_was_replaced_is_refused(tmp_path: Path, watch: Watch, pem: PemFile):
    old = pem().read_bytes()
    keys = FolderReceiptKeys(tmp_path, watch, tmp_path / "key.pem")
    keys.signer(NOON)
    pem()
    keys.signer(NOON)

    (tmp_path / "key.pem").write_bytes(old)

    with pytest.raises(Misconfigured, match="replaced"):
        keys.signer(NOON)


def test_to_look_at_the_keys_without_the_operators_file_rotates_nothing(
    tmp_path: Path, watch: Watch, pem: PemFile
):
    FolderReceiptKeys(tmp_path, watch, pem()).signer(NOON)
    elsewhere = FolderReceiptKeys(tmp_path, watch)

    assert len(elsewhere.published()) == 1
    with pytest.raises(Misconfigured, match="MIEN_RECEIPT_KEY"):
        elsewhere.rotate(signs_from=LATER)
    assert len(list((tmp_path / FOLDER).iterdir())) == 1


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\n"])
def test_an_operators_file_that_is_no_key_is_told(tmp_path: Path, watch: Watch, content: bytes):
    (tmp_path / "key.pem").write_bytes(content)

    with pytest.raises(Misconfigured, match="MIEN_RECEIPT_KEY"):
        FolderReceiptKeys(tmp_path, watch, tmp_path / "key.pem").signer(NOON)
    with pytest.raises(Misconfigured, match="MIEN_RECEIPT_KEY"):
        FolderReceiptKeys(tmp_path, watch, tmp_path / "absent").signer(NOON)


@pytest.mark.parametrize(
    ("old", "new"), [('"public": "', '"public": "A'), ("{", ""), ('"signs_from"', '"x"')]
)
def test_a_damaged_key_is_told_to_the_operator(tmp_path: Path, watch: Watch, old: str, new: str):
    keys = FolderReceiptKeys(tmp_path, watch)
    keys.signer(NOON)
    file = tmp_path / FOLDER / "0001.json"
    file.write_text(file.read_text().replace(old, new))

    with pytest.raises(Misconfigured, match=r"0001\.json"):
        keys.signer(NOON)


@pytest.mark.parametrize(
    "change",
    [{"private": "AAAA"}, {"private": "!!!!"}, {"private": ""}, {"signs_from": "2026-01-01"}],
)
def test_a_key_with_a_half_or_a_time_that_is_none_is_damaged_and_not_replaced(
    tmp_path: Path, watch: Watch, change: dict[str, str]
):
    keys = FolderReceiptKeys(tmp_path, watch)
    keys.signer(NOON)
    file = tmp_path / FOLDER / "0001.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **change}))

    with pytest.raises(Misconfigured, match=r"0001\.json"):
        keys.signer(NOON)
    assert len(list((tmp_path / FOLDER).iterdir())) == 1


def test_a_key_file_too_deep_to_read_is_damaged(tmp_path: Path, watch: Watch):
    keys = FolderReceiptKeys(tmp_path, watch)
    keys.signer(NOON)
    (tmp_path / FOLDER / "0001.json").write_text("[" * 100_000)

    with pytest.raises(Misconfigured, match=r"0001\.json"):
        keys.published()


def test_a_key_whose_file_is_deleted_is_withdrawn(tmp_path: Path, watch: Watch):
    keys = FolderReceiptKeys(tmp_path, watch)
    leaked = keys.signer(NOON).key_id
    second = keys.rotate(signs_from=NOON)

    (tmp_path / FOLDER / "0001.json").unlink()

    assert [one.key.id for one in keys.published()] == [second.id]
    assert keys.signer(NOON - timedelta(days=1)).key_id == second.id != leaked
    assert keys.rotate(signs_from=LATER).id == keys.signer(LATER).key_id
