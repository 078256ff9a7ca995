"""Chunks of resumable uploads: the protocol's table."""

import base64
import errno
import hashlib

import pytest

from tests.unit.service.conftest import OTHER_KEY
from tests.unit.service.tus_client import CHUNK, RECORDING, TUS, UNKNOWN, Tus, id_of, problem


@pytest.fixture
def tus(house) -> Tus:
    return Tus(house)


def test_chunks_add_up_and_head_says_how_far(tus):
    url = tus.new()

    first = tus.patch(url, RECORDING[:1000])
    looked = tus.head(url)
    second = tus.patch(url, RECORDING[1000:], offset=1000)

    assert (first.status_code, first.headers["upload-offset"]) == (204, "1000")
    assert looked.status_code == 200
    assert looked.headers["upload-offset"] == "1000"
    assert looked.headers["upload-length"] == str(len(RECORDING))
    assert looked.headers["upload-expires"] == first.headers["upload-expires"]
    assert looked.headers["cache-control"] == "no-store"
    assert looked.content == b""
    assert second.headers["upload-offset"] == str(len(RECORDING))
    assert tus.bytes_of(url) == RECORDING


def test_nobody_but_the_service_may_read_the_file(tus, house):
    tus.whole()

    (path,) = house.blobs.uploads.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("path", [UNKNOWN, "/v1/uploads/upl_1", "/v1/uploads/..%2fblobs"])
def test_an_unknown_upload_is_not_found(tus, house, path):
    assert problem(tus.patch(path, b"x")) == (404, "not_found")
    assert tus.head(path).status_code == 404
    assert house.ask("DELETE", path, headers=TUS).status_code == 404


def test_another_tenants_upload_is_not_found(tus, house):
    url = tus.new()

    assert tus.head(url, key=OTHER_KEY).status_code == 404
    answer = house.ask("PATCH", url, key=OTHER_KEY, content=b"x", headers=CHUNK)
    assert answer.status_code == 422  # the offset is missing: told before looking
    answer = house.ask(
        "PATCH", url, key=OTHER_KEY, content=b"x", headers=CHUNK | {"upload-offset": "0"}
    )
    assert problem(answer) == (404, "not_found")
    assert house.ask("DELETE", url, key=OTHER_KEY, headers=TUS).status_code == 404
    assert tus.head(url).status_code == 200


@pytest.mark.parametrize(
    ("offset", "headers", "status", "code"),
    [
        ("5", {}, 409, "offset_mismatch"),
        ("99999999", {}, 409, "offset_mismatch"),
        ("-1", {}, 422, "validation_error"),
        ("x", {}, 422, "validation_error"),
        ("0", {"content-type": "video/mp4"}, 415, "unsupported_media_type"),
        ("0", {"content-encoding": "gzip"}, 415, "unsupported_media_type"),
        ("0", {"upload-checksum": "md5 YQ=="}, 400, "checksum_unsupported"),
        ("0", {"upload-checksum": "sha1"}, 400, "checksum_unsupported"),
        ("0", {"upload-checksum": "sha1 YQ=="}, 400, "checksum_unsupported"),
        ("0", {"upload-checksum": "sha1 %"}, 400, "checksum_unsupported"),
        ("0", {"upload-checksum": "sha1 é".encode("latin-1")}, 400, "checksum_unsupported"),
    ],
)
def test_a_chunk_that_breaks_a_rule_changes_nothing(tus, offset, headers, status, code):
    url = tus.new()

    answer = tus.patch(url, RECORDING, offset=offset, **headers)

    assert problem(answer) == (status, code)
    assert tus.head(url).headers["upload-offset"] == "0"


@pytest.mark.parametrize("name", ["sha1", "sha256"])
def test_a_chunk_with_the_right_checksum_is_kept(tus, name):
    url, digest = tus.new(), hashlib.new(name, RECORDING).digest()

    answer = tus.patch(
        url, RECORDING, **{"upload-checksum": f"{name} {base64.b64encode(digest).decode()}"}
    )

    assert answer.headers["upload-offset"] == str(len(RECORDING))
    assert tus.bytes_of(url) == RECORDING


def test_of_a_chunk_with_a_wrong_checksum_nothing_is_kept(tus):
    url = tus.new()
    tus.patch(url, RECORDING[:1000])
    wrong = base64.b64encode(hashlib.sha256(b"other").digest()).decode()

    answer = tus.patch(url, RECORDING[1000:], offset=1000, **{"upload-checksum": f"sha256 {wrong}"})

    assert problem(answer) == (460, "checksum_mismatch")
    assert tus.head(url).headers["upload-offset"] == "1000"
    assert tus.bytes_of(url) == RECORDING[:1000]


def test_a_checksum_is_looked_at_before_the_content(tus):
    url = tus.new()
    wrong = base64.b64encode(hashlib.sha1(b"other").digest()).decode()

    answer = tus.patch(url, b"garbled " * 100, **{"upload-checksum": f"sha1 {wrong}"})

    assert problem(answer) == (460, "checksum_mismatch")
    assert tus.head(url).status_code == 200


@pytest.mark.parametrize("announced", [True, False])
def test_a_chunk_beyond_the_length_is_refused_and_not_kept(tus, announced):
    url = tus.new()
    tus.patch(url, RECORDING[:1000])
    more = RECORDING[1000:] + b"x"

    async def pieces():
        yield more

    answer = tus.patch(url, more if announced else pieces(), offset=1000)

    assert problem(answer) == (413, "too_large")
    assert answer.json()["limit_bytes"] == len(RECORDING)
    assert tus.bytes_of(url) == RECORDING[:1000]


@pytest.mark.parametrize("size", [1, 100, 189, 5000])
def test_what_is_no_recording_is_refused_early_and_erased(tus, house, size):
    content = b"%PDF-1.7 " * 600
    url, offset = tus.new(len(content)), 0
    answer = tus.patch(url, b"")

    for offset in range(0, len(content), size):
        answer = tus.patch(url, content[offset : offset + size], offset=offset)
        if answer.status_code != 204:
            break

    assert problem(answer) == (415, "not_a_video")
    assert offset < 189
    assert list(house.blobs.uploads.iterdir()) == []
    assert tus.head(url).status_code == 410


@pytest.mark.parametrize("step", ["pwrite", "fdatasync"])
def test_a_full_disk_costs_what_was_not_acknowledged_and_no_more(tus, monkeypatch, step):
    # Given an upload of which some is safe
    url = tus.new()
    tus.patch(url, RECORDING[:1000])

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    # When the disk is full for a while
    with monkeypatch.context() as patched:
        patched.setattr(f"adapters.upload_files.os.{step}", full)
        answer = tus.patch(url, RECORDING[1000:], offset=1000)

    # Then the caller may try again from there
    assert problem(answer) == (507, "insufficient_storage")
    assert int(answer.headers["retry-after"]) > 0
    assert tus.bytes_of(url) == RECORDING[:1000]
    assert tus.patch(url, RECORDING[1000:], offset=1000).status_code == 204
    assert tus.bytes_of(url) == RECORDING


def test_a_method_may_be_named_in_a_header(tus, house):
    url = tus.new()

    answer = house.ask(
        "POST",
        url,
        content=RECORDING,
        headers=CHUNK | {"upload-offset": "0", "x-http-method-override": "PATCH"},
    )

    assert answer.status_code == 204
    assert tus.bytes_of(url) == RECORDING
    assert problem(house.ask("POST", url, headers=TUS)) == (405, "method_not_allowed")


def test_a_file_that_is_longer_than_acknowledged_is_cut(tus):
    """What a process that was killed had written and not acknowledged."""
    url = tus.new()
    tus.patch(url, RECORDING[:1000])
    with (tus.house.blobs.uploads / id_of(url)).open("ab") as file:
        file.write(b"never acknowledged")

    assert tus.head(url).headers["upload-offset"] == "1000"
    tus.patch(url, RECORDING[1000:], offset=1000)

    assert tus.bytes_of(url) == RECORDING


def test_a_file_that_is_shorter_than_acknowledged_tells_the_truth(tus):
    url = tus.new()
    tus.patch(url, RECORDING[:1000])
    (tus.house.blobs.uploads / id_of(url)).write_bytes(RECORDING[:400])

    assert tus.head(url).headers["upload-offset"] == "400"
    tus.patch(url, RECORDING[400:], offset=400)

    assert tus.bytes_of(url) == RECORDING
