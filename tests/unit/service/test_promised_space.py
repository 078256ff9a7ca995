"""Space that an open upload was promised is given to nobody else."""

from datetime import timedelta

import pytest

from assessment.assessment import Tenant
from assessment.uploads import Upload, UploadId
from tests.unit.service.conftest import MP4, House, in_pieces
from tests.unit.service.tus_client import Tus

ALL_THERE_IS = 2**60
URL = {"source": {"url": "https://example.org/a.mp4"}}


def promise_all(house: House) -> Upload:
    """Open somebody else's upload, for which the disk is just large enough."""
    upload = Upload(
        id=UploadId("upl_" + "0" * 32),
        tenant=Tenant("theirs"),
        length=ALL_THERE_IS,
        expires_at=house.clock() + timedelta(hours=1),
    )
    house.uploads.open(upload, most=1, room_bytes=ALL_THERE_IS)
    return upload


@pytest.mark.parametrize("announced", [True, False])
def test_a_recording_does_not_take_what_an_upload_was_promised(house: House, announced: bool):
    promised = promise_all(house)
    content = MP4 if announced else in_pieces(MP4, 100)

    headers = {"content-type": "video/mp4"}
    answer = house.ask("POST", "/v1/assessments", content=content, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (507, "insufficient_storage")
    assert int(answer.headers["retry-after"]) > 0
    assert house.empty
    house.uploads.close(promised)
    assert house.send().status_code == 202


def test_what_needs_no_space_is_let_in(house: House):
    whole = Tus(house).whole(MP4)
    promise_all(house)

    fetched = house.ask("POST", "/v1/assessments", json=URL)
    uploaded = house.ask("POST", "/v1/assessments", json={"source": {"upload_id": whole}})

    assert (fetched.status_code, uploaded.status_code) == (202, 202)
    assert house.ask("GET", "/readyz").json()["checks"]["storage"] == "ok"
