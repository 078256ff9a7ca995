"""A good recording: what is stored, in which order, and what is answered."""

import errno
import hashlib
import json

import pytest

from adapters.blobs import FolderBlobs
from assessment.assessment import AssessmentId, Status, Tenant
from assessment.faults import StoreUnavailable
from assessment.request import Analysis, Sampling, Select, Subject
from assessment.signing import secret_bytes

MP4 = b"\x00\x00\x00\x18ftypisom" + bytes(300)
PATH = "/v1/assessments"
URL = "https://example.org/hook"


def test_a_recording_alone_is_enough(house):
    answer = house.send()

    body = answer.json()
    assessment = house.records.get(body["id"])
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/v1/assessments/{body['id']}"
    assert answer.headers["retry-after"] == "2"
    assert (body["status"], body["result"], body["error"]) == ("queued", None, None)
    assert assessment.tenant == Tenant("ours")
    assert house.queue.submitted == [assessment.id]


def test_what_arrived_is_stored_with_its_digest(house):
    assessment = house.accepted()

    path = house.blobs.path(assessment.id, "video")
    request = house.request_of(assessment.id)
    assert path is not None
    assert path.read_bytes() == MP4
    assert path.stat().st_mode & 0o777 == 0o600
    assert request.video_sha256 == hashlib.sha256(MP4).hexdigest()
    assert request.video_bytes == len(MP4)
    assert list(house.blobs.staging.iterdir()) == []


def test_every_field_of_the_request_is_kept(house):
    answer = house.send(
        {
            "analyses": ["severity"],
            "model": "hmhn",
            "sampling": {"every_n_frames": 10},
            "subject": {"select": "region", "region": [0, 0.25, 0.5, 0.5]},
            "reference": "visit 17, Jürgen",
            "metadata": {"ward": "3", "note": ""},
        }
    )

    request = house.request_of(answer.json()["id"])
    assert request.analyses == (Analysis.SEVERITY,)
    assert request.models == ("hmhn",)
    assert request.sampling == Sampling(None, 10)
    assert request.subject == Subject(Select.REGION, (0, 0.25, 0.5, 0.5))
    assert answer.json()["reference"] == "visit 17, Jürgen"
    assert answer.json()["metadata"] == {"ward": "3", "note": ""}


def test_the_request_part_may_come_last(house):
    parts = [
        ("video", ("a.mp4", MP4, "video/mp4")),
        ("request", (None, b'{"reference":"later"}', "application/json")),
    ]

    answer = house.ask("POST", PATH, files=parts)

    assert (answer.status_code, answer.json()["reference"]) == (202, "later")


@pytest.mark.parametrize(
    "head",
    [
        b"\x00\x00\x00\x14ftypqt  ",
        b"\x1a\x45\xdf\xa3\x01\x00\x00\x00",
        b"RIFF\x00\x01\x00\x00AVI LIST",
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"G" + bytes(187) + b"G",
    ],
    ids=["mov", "matroska", "avi", "jpeg", "png", "mpeg-ts"],
)
def test_every_accepted_container_is_taken(house, head):
    assert house.send(video=head + bytes(64)).status_code == 202


def test_a_recording_of_exactly_the_limit_is_taken(house):
    video = MP4 + bytes(house.rules.upload_max_bytes - len(MP4))

    assert house.send(video=video).status_code == 202


def test_a_file_name_is_never_used(house):
    files = [("video", ("../../etc/a\r\n.m3u8", MP4, "text/html"))]

    answer = house.ask("POST", PATH, files=files)

    assert answer.status_code == 202
    assert "m3u8" not in json.dumps([str(path) for path in house.root.rglob("*")])


def test_a_made_secret_is_shown_once(house):
    created = house.send({"callback": {"url": URL, "events": ["failed"]}}).json()

    later = house.ask("GET", created["urls"]["self"]).json()
    callback = house.request_of(created["id"]).callback
    assert len(secret_bytes(created["callback"]["secret"])) == 32
    assert callback.secret == created["callback"]["secret"]
    assert callback.events == ("assessment.failed",)
    assert "callback" not in later


def test_a_secret_of_the_caller_is_kept(house):
    secret = "whsec_" + "AAAA" * 8

    created = house.send({"callback": {"url": URL, "secret": secret}}).json()

    assert created["callback"]["secret"] == secret


def test_the_embedded_stack_may_be_called_back_on_loopback(house):
    house.build(allow_loopback=True)

    assert house.send({"callback": {"url": "http://127.0.0.1:9/hook"}}).status_code == 202


def test_a_silent_queue_changes_nothing(house):
    def refuse(assessment_id: AssessmentId) -> None:
        raise StoreUnavailable

    house.queue.submit = refuse

    assert house.accepted().status is Status.QUEUED


def test_without_a_record_nothing_is_kept(house):
    def refuse(*_: object, **__: object) -> None:
        raise StoreUnavailable

    house.records.add = refuse
    answer = house.send()

    assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
    assert answer.headers["retry-after"] == "5"
    assert house.empty


def test_a_disk_that_fills_up_at_the_last_moment_keeps_nothing(house):
    class FullBlobs(FolderBlobs):
        def put(self, assessment_id: AssessmentId, name: str, content: bytes) -> None:
            raise OSError(errno.ENOSPC, "full")

    house.blobs = FullBlobs(house.root)
    house.build()
    answer = house.send()

    assert (answer.status_code, answer.json()["code"]) == (507, "insufficient_storage")
    assert house.empty
