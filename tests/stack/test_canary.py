"""One network in two versions, on a stack of its own: a canary, its end, a process that dies."""

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from assessment.assessment import AssessmentId
from assessment.manifest_seal import sealed
from assessment.serving import place_of
from launch.backend_watch import STUB
from launch.models_command import NEEDS_LOADING
from tests.stack.conftest import PROJECT, Stack, start, stop
from tests.stack.test_launch_commands import launch
from tests.stack.waiting import until
from training.files import read_json, write_json

pytestmark = [
    pytest.mark.stack,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="Triton's wheel is for Linux"),
]

NETWORK = "expression"
SHARE = 0.5
OPEN_S = 60.0
"""Until a worker has noticed a canary and scored the golden clip with it."""
AGAIN_S = 60.0


def two_versions(repository: Path) -> Path:
    """Make a repository of one network, whose version 2 is version 1 under another number."""
    built = PROJECT / "model_repository" / NETWORK
    network = repository / NETWORK
    network.mkdir(parents=True)
    shutil.copy(built / "config.pbtxt", network)
    shutil.copytree(built / "configs", network / "configs")
    for version in ("1", "2"):
        shutil.copytree(built / "1", network / version)
    manifest = network / "2" / "manifest.json"
    write_json(manifest, sealed({**read_json(manifest), "version": "2"}))
    return repository


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = two_versions(tmp_path_factory.mktemp("networks") / "repository")
    decide(made, "promote", "--version", "1")
    return made


@pytest.fixture(scope="module")
def own(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("own")
    running = start(folder, MIEN_MODEL_REPOSITORY=str(repository), MIEN_REQUEUE_S="3")
    yield running
    assert stop(running) == 0, running.log.read_text()[-3000:]


def decide(repository: Path, word: str, *more: str) -> str:
    """Run `mien models`, as an operator beside the running stack does."""
    done = launch("models", word, "--repository", repository, NETWORK, *more)
    assert done.returncode == 0, done.stderr
    return done.stdout


def version_of(stack: Stack, video: Path) -> tuple[str, str]:
    """Assess the recording; return the id and the version that its result names."""
    body = stack.assess(video, analyses=["expression"])
    assert body["status"] == "succeeded", body
    (one,) = body["result"]["provenance"]["models"]
    return body["id"], one["version"]


def expected(assessment_id: str) -> str:
    return "2" if place_of(AssessmentId(assessment_id), NETWORK) < SHARE else "1"


def backends(stack: Stack) -> set[int]:
    """Return the backend processes that are alive."""
    found: set[int] = set()
    for one in psutil.Process(stack.process.pid).children(recursive=True):
        with suppress(psutil.Error, IndexError):
            if STUB in one.cmdline()[0]:
                found.add(one.pid)
    return found


def test_a_canary_takes_its_share_and_one_command_ends_it_for_all_that_come_later(
    own: Stack, repository: Path, short_face: Path
):
    # given a stack whose stable version is 1, though a newer one is loaded
    assert version_of(own, short_face)[1] == "1"

    # when version 2 is given half of the assessments
    said = decide(repository, "canary", "--version", "2", "--share", str(SHARE))
    end = time.monotonic() + OPEN_S
    while version_of(own, short_face)[1] != "2":
        assert time.monotonic() < end, own.log.read_text()[-3000:]
    during = dict(version_of(own, short_face) for _ in range(8))
    decide(repository, "rollback")
    after = dict(version_of(own, short_face) for _ in range(6))

    # then each id decided for itself while there was a choice, and nothing was started again
    assert NEEDS_LOADING.format(version="2") in said
    assert during == {one: expected(one) for one in during}
    assert set(after.values()) == {"1"}
    assert {expected(one) for one in (*during, *after)} == {"1", "2"}


def test_a_network_whose_backend_process_is_killed_is_loaded_again_and_nothing_fails(
    own: Stack, short_face: Path
):
    # given both versions' processes, all of which are killed, as a machine short of memory does
    before = backends(own)
    for pid in before:
        psutil.Process(pid).kill()

    # when an assessment comes at once, and another one afterwards
    during = own.wait(own.create(short_face, analyses=["expression"])["id"], AGAIN_S)
    afterwards = own.assess(short_face, analyses=["expression"])

    # then
    assert len(before) == 2
    assert [during["status"], afterwards["status"]] == ["succeeded", "succeeded"]
    assert afterwards["attempts"] == 1
    until(lambda: len(backends(own)) == 2)  # The version that nobody asks comes back a bit later.
    assert not backends(own) & before
    until(lambda: f"a backend process of {NETWORK} died" in own.log.read_text())
    until(lambda: own.get("/readyz").status_code == 200)
