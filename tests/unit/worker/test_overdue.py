"""What should have been erased and was not, seen from the files."""

import os
from dataclasses import replace
from datetime import timedelta

import pytest
from prometheus_client import generate_latest

from adapters.blobs import FolderBlobs
from adapters.memory import MemoryRecords
from adapters.memory_feedback import MemoryFeedback
from adapters.memory_uploads import MemoryUploads
from assessment.assessment import Status, Tenant
from assessment.faults import NewerDocument, StoreUnavailable
from assessment.uploads import Upload, UploadId
from tests.conftest import Watch
from tests.samples import an_assessment, an_id
from worker.beside_meters import SWEEPER, BesideMeters
from worker.orphans import ORPHAN_S
from worker.overdue import GRACE, KINDS, Overdue

AN_UPLOAD = UploadId("upl_" + "0" * 32)
NOTHING = dict.fromkeys(KINDS, 0)


@pytest.fixture
def overdue(tmp_path, watch: Watch) -> Overdue:
    blobs = FolderBlobs(tmp_path)
    blobs.prepare()
    return Overdue(
        records=MemoryRecords(watch),
        blobs=blobs,
        uploads=MemoryUploads(watch),
        feedback=MemoryFeedback(),
        feedback_ttl_s=60,
        clock=watch,
    )


def ended(overdue: Overdue, watch: Watch, **fields):
    one = replace(an_assessment(), **fields)
    overdue.records.add(one, look_again_s=30)
    overdue.blobs.put(one.id, "video", b"x")
    last = one.to(Status.CANCELED, at=watch())
    overdue.records.save(last, was=one, look_again_s=30)
    return last


def test_a_recording_that_outlives_its_assessment_is_seen_after_the_sweepers_time(overdue, watch):
    one = ended(overdue, watch)

    assert overdue.look() == NOTHING
    watch.go_on(GRACE.total_seconds() + 1)
    assert overdue.look() == NOTHING | {"recording": 1}
    overdue.blobs.remove(one.id, "video")
    assert overdue.look() == NOTHING


def test_an_assessment_that_was_kept_too_long_is_seen(overdue, watch):
    ended(overdue, watch, erase_after_s=10)

    watch.go_on(10 + GRACE.total_seconds() + 1)

    assert overdue.look() == NOTHING | {"assessment": 1}


def test_files_of_nobody_are_seen_once_they_are_old(overdue):
    overdue.blobs.put(an_id(7), "video", b"x")
    assert overdue.look() == NOTHING

    folder = overdue.blobs.root / "blobs" / an_id(7)
    then = folder.stat().st_mtime - ORPHAN_S - GRACE.total_seconds() - 1
    os.utime(folder, (then, then))

    assert overdue.look() == NOTHING | {"orphan": 1}


def test_an_upload_is_overdue_when_the_sweeper_has_had_its_time(overdue, watch):
    over = watch() + timedelta(seconds=60)
    upload = Upload(id=AN_UPLOAD, tenant=Tenant("ours"), length=10, expires_at=over)
    overdue.uploads.open(upload, most=5, room_bytes=100)

    watch.go_on(61)
    assert overdue.look() == NOTHING
    watch.go_on(GRACE.total_seconds())
    assert overdue.look() == NOTHING | {"upload": 1}
    overdue.uploads.close(upload)
    assert overdue.look() == NOTHING


def test_one_that_waits_is_not_overdue_however_long_it_takes(overdue, watch):
    one = an_assessment()
    overdue.records.add(one, look_again_s=30)
    overdue.blobs.put(one.id, "video", b"x")

    watch.go_on(timedelta(days=30).total_seconds())

    assert overdue.look() == NOTHING


def test_the_metric_shows_every_kind_from_the_start_and_names_nobody(overdue, watch):
    one, meters = ended(overdue, watch), BesideMeters(SWEEPER)
    assert meters.overdue
    assert (
        'mien_patient_data_overdue{kind="upload"} 0.0' in generate_latest(meters.registry).decode()
    )
    watch.go_on(GRACE.total_seconds() + 1)

    meters.overdue.found(overdue.look())

    page = generate_latest(meters.registry).decode()
    assert 'mien_patient_data_overdue{kind="recording"} 1.0' in page
    assert one.id not in page


def test_a_loop_that_fails_is_counted_and_keeps_its_last_success():
    meters = BesideMeters(SWEEPER)

    def broken() -> float:
        raise StoreUnavailable

    value = meters.registry.get_sample_value
    sweep = meters.loops.counted("sweep", broken)
    began_s = value("mien_loop_last_success_timestamp_seconds", {"loop": "sweep"})
    with pytest.raises(StoreUnavailable):
        sweep()
    assert meters.loops.counted("terms", lambda: 1.5)() == 1.5

    assert value("mien_loop_rounds_total", {"loop": "sweep", "result": "failed"}) == 1
    assert value("mien_loop_rounds_total", {"loop": "terms", "result": "ok"}) == 1
    assert began_s is not None
    assert value("mien_loop_last_success_timestamp_seconds", {"loop": "sweep"}) == began_s


@pytest.mark.parametrize(("fault", "found"), [(KeyError("schema"), 1), (NewerDocument(), 0)])
def test_a_record_that_cannot_be_read_hides_nothing_that_is_overdue(
    overdue, watch, monkeypatch, fault, found
):
    one = ended(overdue, watch)
    read = overdue.records.get
    overdue.blobs.put(an_id(7), "video", b"x")
    folder = overdue.blobs.root / "blobs" / an_id(7)
    then = folder.stat().st_mtime - ORPHAN_S - GRACE.total_seconds() - 1
    os.utime(folder, (then, then))

    def get(assessment_id):
        if assessment_id == one.id:
            return read(one.id)
        raise fault

    monkeypatch.setattr(overdue.records, "get", get)
    watch.go_on(GRACE.total_seconds() + 1)

    assert overdue.look() == NOTHING | {"recording": 1, "orphan": found}
