"""A disk that is really full, a tmpfs of one MiB: told as such, nothing left, and it passes."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from assessment import blob_names
from assessment.aggregation import Aggregator
from assessment.assessment import Status
from assessment.measurement import Measurement
from tests.conftest import Watch
from tests.samples import a_measurement, an_observation, manifests
from tests.unit.service.conftest import House
from worker.runner import Runner
from worker.sandboxed import Sandboxed

KIB = 2**10
RECORDING = b"\x00\x00\x00\x18ftypisom" + bytes(300 * KIB)
LONG = a_measurement(*(an_observation(index) for index in range(200)))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "mien-test", folder], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this user may mount nothing")
    yield folder
    subprocess.run(["umount", folder], check=True)


def fill(disk: Path, *, leaving: int) -> Path:
    """Fill the disk but for some bytes; return what to remove to make room again."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4 * KIB)):
                pass
        except OSError:
            pass
        file.truncate(max(0, file.tell() - leaving))
    return filler


def files_in(house: House) -> list[str]:
    folders = (house.blobs.staging, house.root / "blobs", house.root / "uploads")
    return [path.name for folder in folders for path in folder.rglob("*") if path.is_file()]


def a_runner(house: House, measurement: Measurement) -> Runner:
    return Runner(
        records=house.records,
        blobs=house.blobs,
        measure=lambda *_: measurement,
        aggregate=Aggregator(manifests(), production=False, software="mien test"),
        sandbox=Sandboxed(manifests(), "mien test"),
        clock=house.clock,
        lease_s=30,
        attempt_limit_s=60,
        draining=lambda: False,
    )


@pytest.mark.parametrize("leaving", [0, 100 * KIB])
def test_a_full_disk_refuses_leaves_nothing_and_takes_the_next_one_by_itself(
    disk: Path, watch: Watch, leaving: int
):
    # given
    house = House(disk, watch)
    house.build(upload_max_bytes=KIB**2)
    filler = fill(disk, leaving=leaving)

    # when
    answer = house.send(video=RECORDING)

    # then
    assert (answer.status_code, answer.json()["code"]) == (507, "insufficient_storage")
    assert int(answer.headers["retry-after"]) > 0
    assert files_in(house) == []
    assert house.records.stored == {}

    # when there is room again, nobody has to start anything
    filler.unlink()
    assert house.send(video=RECORDING).status_code == 202


def test_what_a_worker_cannot_store_is_handed_back_whole_and_ends_when_there_is_room(
    disk: Path, watch: Watch
):
    # given an assessment whose recording lies on a disk that has filled up since
    house = House(disk, watch)
    house.build(upload_max_bytes=KIB**2)
    assessment_id = house.send(video=RECORDING).json()["id"]
    filler = fill(disk, leaving=4 * KIB)
    runner = a_runner(house, LONG)

    # when
    runner.run(assessment_id)

    # then it waits with its recording, and there is no half of a measurement
    assert house.records.get(assessment_id).status is Status.QUEUED
    names = (disk / "blobs" / assessment_id).iterdir()
    assert {path.name for path in names} == {blob_names.REQUEST, blob_names.VIDEO}
    assert list(house.blobs.staging.iterdir()) == []

    # when
    filler.unlink()
    runner.run(assessment_id)

    # then
    assert house.records.get(assessment_id).status is Status.SUCCEEDED
