"""Creating resumable uploads: what is told, accepted and refused."""

import errno
import os

import pytest

from tests.unit.service.conftest import LIMIT
from tests.unit.service.tus_client import RECORDING, TUS, UNKNOWN, Tus, problem


@pytest.fixture
def tus(house) -> Tus:
    return Tus(house)


def test_options_tells_the_capabilities_to_everybody(house):
    for path in ("/v1/uploads", UNKNOWN):
        answer = house.ask("OPTIONS", path, key=None)

        assert answer.status_code == 204
        assert answer.headers["tus-version"] == "1.0.0"
        assert answer.headers["tus-max-size"] == str(LIMIT)
        assert answer.headers["tus-checksum-algorithm"] == "sha256,sha1"
        assert answer.headers["tus-extension"] == (
            "creation,creation-with-upload,expiration,termination,checksum"
        )


def test_a_new_upload_says_where_it_is_and_how_long(tus):
    answer = tus.post()

    body = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == body["url"] == f"/v1/uploads/{body['id']}"
    assert answer.headers["upload-offset"] == "0"
    assert answer.headers["upload-expires"] == "Fri, 02 Jan 2026 12:00:00 GMT"
    assert answer.headers["tus-resumable"] == "1.0.0"
    assert body["length"] == len(RECORDING)
    assert body["expires_at"] == "2026-01-02T12:00:00Z"


def test_a_first_chunk_may_come_with_the_creation(tus):
    answer = tus.post(body=RECORDING[:500])

    assert answer.headers["upload-offset"] == "500"
    assert answer.json()["offset"] == 500
    assert tus.bytes_of(answer.headers["location"]) == RECORDING[:500]


@pytest.mark.parametrize(
    ("headers", "status", "code", "pointer"),
    [
        ({"upload-length": "-1"}, 422, "validation_error", "/Upload-Length"),
        ({"upload-length": "1e3"}, 422, "validation_error", "/Upload-Length"),
        ({"upload-length": "9" * 40}, 422, "validation_error", "/Upload-Length"),
        ({"upload-length": str(LIMIT + 1)}, 413, "too_large", None),
        ({"upload-length": "0"}, 415, "not_a_video", None),
        ({"upload-defer-length": "1"}, 422, "validation_error", "/Upload-Length"),
        ({"upload-concat": "partial"}, 422, "validation_error", "/Upload-Concat"),
        ({"upload-concat": "final;../../x"}, 422, "validation_error", "/Upload-Concat"),
        ({"upload-metadata": "name %%%"}, 422, "validation_error", "/Upload-Metadata"),
        ({"upload-metadata": "name YQ==,name YQ=="}, 422, "validation_error", "/Upload-Metadata"),
        ({"upload-metadata": "a " + "YQ" * 4000}, 422, "validation_error", "/Upload-Metadata"),
        ({"tus-resumable": "0.2.2"}, 412, "tus_version_unsupported", None),
    ],
)
def test_a_creation_that_breaks_a_rule_makes_nothing(tus, house, headers, status, code, pointer):
    answer = tus.post(**headers)

    assert problem(answer) == (status, code)
    assert house.uploads.stored == {}
    if pointer:
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    if status == 413:
        assert answer.json()["limit_bytes"] == LIMIT
    if status == 412:
        assert answer.headers["tus-version"] == "1.0.0"


def test_the_length_must_be_known(house):
    answer = house.ask("POST", "/v1/uploads", headers=TUS)

    assert problem(answer) == (422, "validation_error")
    assert "later is not supported" in answer.json()["errors"][0]["detail"]


@pytest.mark.parametrize("metadata", ["", "filename YQ==", "filename YQ==,is_private", "a YQ==, b"])
def test_metadata_is_accepted_and_kept_nowhere(tus, house, metadata):
    answer = tus.post(**{"upload-metadata": metadata})

    assert answer.status_code == 201
    assert "upload-metadata" not in tus.head(answer.headers["location"]).headers


def test_every_request_but_options_names_the_version(tus, house):
    url = tus.new()
    asked = [("POST", "/v1/uploads"), ("HEAD", url), ("PATCH", url), ("DELETE", url)]

    for method, path in asked:
        answer = house.ask(method, path)
        assert answer.status_code == 412
        assert answer.headers["tus-version"] == "1.0.0"


def test_without_a_key_nothing_is_told(house):
    for method, path in [("POST", "/v1/uploads"), ("HEAD", UNKNOWN), ("PATCH", UNKNOWN)]:
        assert house.ask(method, path, key=None, headers=TUS).status_code == 401


def test_a_creation_with_something_else_than_a_recording_leaves_nothing(tus, house):
    assert problem(tus.post(body=b"plain text " * 50)) == (415, "not_a_video")

    assert house.uploads.stored == {}
    assert list(house.blobs.uploads.iterdir()) == []


def test_a_creation_whose_disk_breaks_leaves_nothing(tus, house, monkeypatch):
    def broken(*_: object) -> None:
        raise OSError(errno.EIO, "the disk is broken")

    monkeypatch.setattr(os, "fdatasync", broken)

    assert tus.post(body=RECORDING).status_code == 500
    assert house.uploads.stored == {}
    assert list(house.blobs.uploads.iterdir()) == []


def test_a_tenant_has_so_many_open_uploads(tus, house):
    house.build(uploads_open_max=2)
    tus.new()
    url = tus.new()

    answer = tus.post()
    assert problem(answer) == (429, "too_many_uploads")
    assert int(answer.headers["retry-after"]) > 0

    house.ask("DELETE", url, headers=TUS)
    assert tus.post().status_code == 201


def test_a_full_disk_refuses_new_uploads(tus, house):
    house.build(free_min_bytes=10**18)

    assert problem(tus.post()) == (507, "insufficient_storage")
