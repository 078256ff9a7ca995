"""The recording itself as body, its options in a header; digests of every kind of body."""

import base64
import hashlib
import json

import pytest

from tests.unit.service.conftest import LIMIT, MP4, in_pieces

PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)
SHA256 = hashlib.sha256(MP4).hexdigest()


def refused(house, answer, status, code, pointer=None):
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    if pointer is not None:
        assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert house.empty


def digest(body: bytes, algorithm: str = "sha-256") -> dict[str, str]:
    value = base64.b64encode(hashlib.new(algorithm.replace("-", ""), body).digest()).decode()
    return {"content-digest": f"{algorithm}=:{value}:"}


def options(**asked: object) -> dict[str, str]:
    return {"mien-request": json.dumps(asked)}


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("video/mp4", MP4),
        ("video/webm", b"\x1a\x45\xdf\xa3" + bytes(200)),
        ("Video/X-Whatever; codecs=avc1", MP4),
        ("application/octet-stream", MP4),
        ("image/png", PNG),
        ("image/jpeg", b"\xff\xd8\xff" + bytes(200)),
        ("image/jpeg", MP4),
    ],
)
def test_a_raw_body_is_a_recording_whatever_it_is_called(house, content_type, content):
    answer = house.send_raw(content, content_type)

    assert answer.status_code == 202, answer.text
    path = house.blobs.path(answer.json()["id"], "video")
    assert path.read_bytes() == content
    assert answer.headers["location"] == f"/v1/assessments/{answer.json()['id']}"


def test_its_options_come_in_a_header(house):
    headers = options(reference="visit-17", sampling={"every_n_frames": 10}, sha256=SHA256)

    answer = house.send_raw(MP4, "video/mp4", headers=headers)

    assert answer.json()["reference"] == "visit-17"
    kept = house.request_of(answer.json()["id"])
    assert (kept.sampling.every_n_frames, kept.video_sha256) == (10, SHA256)


def test_options_beyond_ascii_may_be_sent_as_they_are(house):
    header = (b"mien-request", '{"reference": "Besuch für Müller"}'.encode())

    answer = house.ask(
        "POST",
        "/v1/assessments",
        content=MP4,
        headers=[header, (b"content-type", b"video/mp4")],
        key=None,
        auth=_Bearer(),
    )

    assert answer.json()["reference"] == "Besuch für Müller"


class _Bearer:
    """Adds the key where the headers are bytes."""

    def __call__(self, request):
        request.headers["authorization"] = "Bearer sk_ours"
        return request


@pytest.mark.parametrize(
    ("header", "pointer"),
    [
        ("no json", "/request"),
        ("[]", "/request"),
        ('{"surprise": 1}', "/request/surprise"),
        ('{"sampling": {"every_ms": 0}}', "/request/sampling/every_ms"),
        ('{"callback": {"url": "https://127.0.0.1/"}}', "/request/callback/url"),
        ('{"source": {"url": "https://example.org/a.mp4"}}', "/request/source"),
        ('{"reference": "' + "x" * 20_000 + '"}', "/headers/mien-request"),
        ("[" * 10_000, "/request"),
    ],
)
def test_bad_options_in_the_header_are_refused_with_a_pointer(house, header, pointer):
    answer = house.send_raw(MP4, "video/mp4", headers={"mien-request": header})

    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert house.empty


def test_the_header_goes_with_a_raw_body_only(house):
    answer = house.send(headers=options())

    refused(house, answer, 422, "validation_error", "/headers/mien-request")


def test_a_source_beside_a_part_with_the_recording_is_refused(house):
    answer = house.send({"source": {"url": "https://example.org/a.mp4"}})

    refused(house, answer, 422, "validation_error", "/request/source")


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "validation_error"),
        (b"just text " * 30, 415, "not_a_video"),
        (MP4 + bytes(LIMIT), 413, "too_large"),
    ],
)
def test_a_raw_body_that_is_no_recording_is_refused(house, content, status, code):
    refused(house, house.send_raw(content, "video/mp4"), status, code)
    refused(house, house.send_raw(in_pieces(content, 1000), "video/mp4"), status, code)


def test_a_body_shorter_than_announced_is_refused(house):
    answer = house.send_raw(MP4, "video/mp4", headers={"content-length": str(len(MP4) + 1)})

    refused(house, answer, 400, "malformed_request")


@pytest.mark.parametrize("algorithm", ["sha-256", "sha-512"])
def test_a_raw_body_with_the_digest_that_was_announced_is_taken(house, algorithm):
    answer = house.send_raw(MP4, "video/mp4", headers=digest(MP4, algorithm))

    assert answer.status_code == 202


@pytest.mark.parametrize("algorithm", ["sha-256", "sha-512"])
def test_a_raw_body_with_another_digest_is_refused(house, algorithm):
    answer = house.send_raw(MP4, "video/mp4", headers=digest(b"another", algorithm))

    refused(house, answer, 422, "digest_mismatch", "/headers/content-digest")


def test_of_a_multipart_body_the_digest_is_over_all_of_it(house):
    body = (
        b'--edge\r\nContent-Disposition: form-data; name="video"\r\n\r\n'
        + MP4
        + b"\r\n--edge--\r\n"
    )
    kind = "multipart/form-data; boundary=edge"

    assert house.send_raw(body, kind, headers=digest(MP4)).status_code == 422
    assert house.empty
    assert house.send_raw(body, kind, headers=digest(body)).status_code == 202


def test_of_a_json_body_too(house):
    body = json.dumps({"source": {"url": "https://example.org/a.mp4"}}).encode()

    refused(house, house.send_raw(body, "application/json", headers=digest(MP4)),
            422, "digest_mismatch")  # fmt: skip
    assert house.send_raw(body, "application/json", headers=digest(body)).status_code == 202


@pytest.mark.parametrize("header", ["md5=:AAAA:", "sha-256=abc", ""])
def test_a_digest_that_cannot_be_checked_is_refused(house, header):
    answer = house.send_raw(MP4, "video/mp4", headers={"content-digest": header})

    refused(house, answer, 422, "validation_error", "/headers/content-digest")


def test_a_recording_other_than_announced_is_refused_however_it_comes(house):
    wrong = {"sha256": "0" * 64}

    refused(house, house.send(wrong), 422, "digest_mismatch", "/request/sha256")
    raw = house.send_raw(MP4, "video/mp4", headers=options(**wrong))
    refused(house, raw, 422, "digest_mismatch", "/request/sha256")
    assert house.send({"sha256": SHA256}).status_code == 202
