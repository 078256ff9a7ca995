"""The backup and the restore of docs/operations.md, run as they stand there on a real Redis."""

import re
import shutil
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.blobs import FolderBlobs
from adapters.redis_records import RedisRecords
from adapters.redis_store import connect
from assessment import blob_names
from assessment.assessment import Outcome, Status
from assessment.request import AssessmentRequest
from launch.redis_server import answers, find_redis_server
from tests.samples import NOON, an_assessment, an_id
from tests.stack.conftest import PROJECT

pytestmark = pytest.mark.stack

PAGE = PROJECT / "docs" / "operations.md"
RESULT = b'{"severity": null}'


def lines_of(block: str) -> str:
    """The shell lines below a mark of the page."""
    found = re.search(rf"<!-- {block} -->\n```sh\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert found is not None
    return found[1]


def run(block: str, **variables: object) -> None:
    environment = {name: str(value) for name, value in variables.items()}
    ran = subprocess.run(
        ["sh", "-c", lines_of(block)],
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr


@contextmanager
def a_redis(data: Path, runtime: Path) -> Generator[Path]:
    """Redis over a data folder as the embedded stack starts it; yields its socket."""
    socket = runtime / "redis.sock"
    (data / "redis").mkdir(parents=True, exist_ok=True)
    options = {"port": "0", "unixsocket": socket, "dir": data / "redis", "save": ""}
    options |= {"appendonly": "yes", "appendfsync": "everysec", "loglevel": "warning"}
    words = [str(word) for name, value in options.items() for word in (f"--{name}", value)]
    process = subprocess.Popen([find_redis_server({}), *words])
    try:
        end = time.monotonic() + 20
        while not answers(socket):
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)
        yield socket
    finally:
        process.terminate()
        process.wait(20)


def cli(socket: Path) -> str:
    """The `redis-cli` beside the server, or the one on the PATH."""
    beside = find_redis_server({}).with_name("redis-cli")
    program = beside if beside.is_file() else shutil.which("redis-cli")
    if program is None:
        pytest.skip("no redis-cli is here")
    return f"{program} -s {socket}"


@pytest.fixture
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run")


def fill(data: Path, socket: Path) -> None:
    """One assessment that has ended, one that waits, and what is kept beside assessments."""
    blobs = FolderBlobs(data)
    blobs.prepare()
    records = RedisRecords(connect(f"unix://{socket}?db=0"))
    for number in (1, 2):
        waiting = replace(an_assessment(number), erase_after_s=3600)
        records.add(waiting, look_again_s=30, reference=None)
        blobs.put(waiting.id, blob_names.REQUEST, AssessmentRequest().to_json())
        blobs.put(waiting.id, blob_names.VIDEO, b"a recording")
    claimed = records.get(an_id(1)).to(Status.PROCESSING, at=NOON)
    records.save(claimed, was=records.get(an_id(1)), look_again_s=30)
    ended = claimed.to(Status.SUCCEEDED, at=NOON + timedelta(seconds=9), outcome=Outcome.REPORTED)
    blobs.put(an_id(1), blob_names.result_name(1), RESULT)
    blobs.remove(an_id(1), blob_names.VIDEO)
    records.save(ended, was=claimed, look_again_s=30)
    (data / "receipt-keys").mkdir(mode=0o700)
    (data / "receipt-keys" / "one.pem").write_text("a key")
    (data / "staging" / "half").write_bytes(b"half a recording")


def test_what_was_backed_up_while_redis_ran_is_all_there_after_a_restore(
    tmp_path: Path, runtime: Path
):
    # given a data folder in use
    data, backup, restored = (tmp_path / name for name in ("data", "backup", "restored"))
    backup.mkdir()
    with a_redis(data, runtime) as socket:
        fill(data, socket)
        program = cli(socket)

        # when
        run("backup", DATA=data, BACKUP=backup, CLI=program)
        client = connect(f"unix://{socket}?db=0")
        assert client.config_get("auto-aof-rewrite-percentage") == {
            "auto-aof-rewrite-percentage": "100"
        }
    shutil.rmtree(data)
    run("restore", DATA=restored, BACKUP=backup)

    # then
    blobs = FolderBlobs(restored)
    with a_redis(restored, runtime) as socket:
        records = RedisRecords(connect(f"unix://{socket}?db=0"))
        ended, waiting = records.get(an_id(1)), records.get(an_id(2))
        assert (ended.status, ended.outcome) == (Status.SUCCEEDED, Outcome.REPORTED)
        assert (waiting.status, records.position(waiting)) == (Status.QUEUED, 0)
        assert records.counts()[Status.QUEUED] == 1
    assert blobs.get(an_id(1), blob_names.result_name(1)) == RESULT
    assert blobs.get(an_id(2), blob_names.VIDEO) == b"a recording"
    assert (restored / "receipt-keys" / "one.pem").read_text() == "a key"
    assert (restored / "blobs").stat().st_mode & 0o777 == 0o700
    assert not (restored / "staging" / "half").exists()


def test_a_backup_that_was_changed_is_not_restored(tmp_path: Path, runtime: Path):
    data, backup = tmp_path / "data", tmp_path / "backup"
    backup.mkdir()
    with a_redis(data, runtime) as socket:
        fill(data, socket)
        run("backup", DATA=data, BACKUP=backup, CLI=cli(socket))
    with (backup / "data.tar").open("ab") as archive:
        archive.write(b"x")

    with pytest.raises(AssertionError, match="did NOT match"):
        run("restore", DATA=tmp_path / "restored", BACKUP=backup)

    assert not (tmp_path / "restored").exists()
