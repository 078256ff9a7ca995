"""Requests that say where the recording is: checked here, fetched by a worker."""

import hashlib
import json

import pytest

from assessment.assessment import Tenant
from assessment.uploads import Upload
from tests.unit.service.conftest import KEY, MP4, OTHER_KEY

URL = "https://example.org/visit.mp4"
JSON = "application/json"


def send(house, body, **more):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return house.send_raw(raw, JSON, **more)


def refused(house, answer, status, code, *pointers):
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    if pointers:
        assert [one["pointer"] for one in answer.json()["errors"]] == list(pointers)
    assert house.empty


def test_a_url_is_accepted_and_left_to_a_worker(house):
    answer = send(house, {"source": {"url": URL}, "reference": "visit-17"})

    assert answer.status_code == 202, answer.text
    one = answer.json()["id"]
    assert house.request_of(one).source.url == URL
    assert house.blobs.path(one, "video") is None
    assert house.queue.submitted == [one]
    assert URL not in answer.text


def test_the_charset_of_json_may_be_said(house):
    assert house.send_raw(
        json.dumps({"source": {"url": URL}}).encode(), "application/json; charset=utf-8"
    ).is_success


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"", ""),
        (b"not json", ""),
        (b"[]", ""),
        ({}, "/source"),
        ({"source": {}}, "/source"),
        ({"source": {"url": URL, "upload_id": "upl_" + "0" * 32}}, "/source"),
        ({"source": {"url": URL}, "surprise": 1}, "/surprise"),
        ({"source": {"url": URL}, "sampling": {"every_ms": 0}}, "/sampling/every_ms"),
        ({"source": {"url": URL}, "model": "nobody"}, "/model"),
        ({"source": {"url": URL}, "callback": {"url": URL, "secret": "x"}}, "/callback/secret"),
        ({"source": {"upload_id": "upl_short"}}, "/source/upload_id"),
        (b'{"source": {"url": "' + URL.encode() + b'"}, "reference": "a", "reference": "b"}', ""),
        (b'{"metadata": ' + b"[" * 5000, ""),
    ],
)
def test_a_bad_body_is_refused_with_a_pointer_into_it(house, body, pointer):
    refused(house, send(house, body), 422, "validation_error", pointer)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/a.mp4",
        "https://",
        "https://user:password@example.org/a.mp4",
        "https://example.org:22/a.mp4",
        "https://127.0.0.1/a.mp4",
        "https://169.254.169.254/latest/meta-data",
        "http://[::ffff:127.0.0.1]/a.mp4",
        "https://2130706433/a.mp4",
        "https://0x7f.1/a.mp4",
        "https://localhost/a.mp4",
        "http://example.org/a.mp4",
        "file:///etc/passwd",
    ],
)
def test_an_address_that_may_not_be_fetched_is_refused(house, url):
    answer = send(house, {"source": {"url": url}})

    refused(house, answer, 422, "source_not_allowed", "/source/url")
    assert url not in answer.text


def test_the_embedded_stack_may_fetch_from_itself(house):
    house.build(allow_loopback=True)

    assert send(house, {"source": {"url": "http://127.0.0.1:9/a.mp4"}}).status_code == 202


def test_a_large_body_of_options_is_refused_with_its_limit(house):
    body = b'{"source": {}, "metadata": {}}' + b" " * 70_000

    for answer in (send(house, body), house.send_raw(_pieces(body), JSON)):
        refused(house, answer, 413, "too_large")
        assert answer.json()["limit_bytes"] == 65_536
        assert "recording" not in answer.json()["detail"]


async def _pieces(body: bytes):
    for start in range(0, len(body), 1000):
        yield body[start : start + 1000]


def uploaded(house, content: bytes = MP4, *, arrived: int | None = None, tenant: str = "ours"):
    """An upload as tus leaves it: its record and its file."""
    store = house.app.state.desk.upload_store
    upload = store.create(Tenant(tenant), len(content))
    hold = store.records.hold(upload.id, lease_s=30)
    path = store.files.path(upload.id)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content[:arrived])
    written = len(content) if arrived is None else arrived
    house.app.state.desk.upload_store.records.advance(hold, written)
    store.records.release(hold)
    return upload


def test_an_upload_becomes_the_recording_and_is_used_up(house):
    upload: Upload = uploaded(house)
    body = {"source": {"upload_id": upload.id}, "sha256": hashlib.sha256(MP4).hexdigest()}

    answer = send(house, body)

    assert answer.status_code == 202, answer.text
    one = answer.json()["id"]
    assert house.blobs.path(one, "video").read_bytes() == MP4
    assert house.request_of(one).video_bytes == len(MP4)
    again = send(house, body)
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (422, "/source/upload_id")
    assert list(house.blobs.staging.iterdir()) == []


@pytest.mark.parametrize("kind", ["unknown", "unfinished", "foreign"])
def test_an_upload_that_cannot_be_used_is_refused(house, kind):
    if kind == "unknown":
        wanted = "upl_" + "0" * 32
    else:
        unfinished = kind == "unfinished"
        upload = uploaded(house, arrived=7) if unfinished else uploaded(house, tenant="theirs")
        wanted = upload.id

    answer = send(house, {"source": {"upload_id": wanted}}, key=KEY)

    refused(house, answer, 422, "validation_error", "/source/upload_id")


def test_an_upload_of_another_recording_than_announced_is_refused(house):
    upload = uploaded(house)

    answer = send(house, {"source": {"upload_id": upload.id}, "sha256": "0" * 64})

    refused(house, answer, 422, "digest_mismatch", "/sha256")
    assert send(house, {"source": {"upload_id": upload.id}}, key=OTHER_KEY).status_code == 422
