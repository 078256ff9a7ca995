"""Who did what is noted, without a word of theirs; what is taken out is noticed."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.audit_files import FolderAudit, kept
from service.auditing import Auditing
from tests.conftest import Watch
from tests.samples import ENTRY
from tests.unit.service.conftest import OTHER_KEY, House

CANARY = "Canary-Patient-4711"


@pytest.fixture
def audit(tmp_path: Path, watch: Watch) -> FolderAudit:
    return FolderAudit(tmp_path / "audit", watch, keep_days=30)


@pytest.fixture
def audited(house: House, audit: FolderAudit) -> Callable[[], list[dict[str, Any]]]:
    house.app.add_middleware(Auditing, audit=audit, clock=house.clock)

    def told() -> list[dict[str, Any]]:
        found = list(kept(audit.folder))
        assert all(holds for *_, holds in found)
        return [entry for _, _, entry, _ in found]

    return told


def test_a_creation_and_a_reading_are_noted_with_key_route_and_id(house: House, audited):
    created = house.send({"reference": "visit-17"}).json()["id"]
    house.ask("GET", f"/v1/assessments/{created}")

    made, read = audited()

    assert (made["method"], made["route"], made["status"]) == ("POST", "/v1/assessments", 202)
    assert (read["method"], read["route"], read["status"]) == ("GET", "/v1/assessments/{id}", 200)
    assert made["subject"] == read["subject"] == created
    assert made["tenant"] == "ours"
    assert made["key_id"] == read["key_id"]
    assert read["at"] == "2026-01-01T12:00:00.000Z"


def test_a_stranger_s_try_is_noted_as_the_stranger_s(house: House, audited):
    created = house.accepted()
    house.ask("DELETE", f"/v1/assessments/{created.id}", key=OTHER_KEY)
    house.ask("GET", f"/v1/assessments/{created.id}", key="sk_nobody")

    _, foreign, nobody = audited()

    assert (foreign["tenant"], foreign["subject"], foreign["status"]) == (
        "theirs",
        created.id,
        404,
    )
    assert (nobody["tenant"], nobody["key_id"], nobody["status"]) == (None, None, 401)


def test_no_word_of_a_caller_is_noted(house: House, audited, audit: FolderAudit):
    house.send({"reference": CANARY, "metadata": {CANARY: CANARY}})
    for path in (
        f"/v1/assessments/{CANARY}",
        f"/v1/{CANARY}",
        f"/v1/assessments?reference={CANARY}",
    ):
        house.ask("GET", path, headers={"x-request-id": CANARY, "user-agent": CANARY})
    house.ask("GET", "/livez", key=None)

    assert len(audited()) == 4
    assert all(CANARY not in path.read_text() for path in audit.folder.iterdir())


@pytest.mark.parametrize("harm", ["change", "drop", "swap"])
def test_what_was_changed_or_taken_out_is_noticed(audit: FolderAudit, harm: str):
    # given
    for status in range(200, 210):
        audit.note(replace(ENTRY, status=status))
    (path,) = audit.folder.iterdir()
    lines = path.read_text().splitlines()

    # when
    if harm == "change":
        lines[4] = json.dumps(json.loads(lines[4]) | {"status": 418})
    elif harm == "drop":
        del lines[4]
    else:
        lines[4], lines[5] = lines[5], lines[4]
    path.write_text("\n".join(lines))

    # then
    broken = [number for _, number, _, holds in kept(audit.folder) if not holds]
    assert broken
    assert broken[0] == 5


def test_a_day_has_its_file_and_old_ones_are_erased(audit: FolderAudit, watch: Watch):
    audit.note(ENTRY)
    for _ in range(32):
        watch.go_on(timedelta(days=1).total_seconds())
        audit.note(ENTRY)

    days = sorted(path.name.partition(".")[0] for path in audit.folder.iterdir())

    assert (days[0], days[-1], len(days)) == ("2026-01-03", "2026-02-02", 31)
    assert {path.stat().st_mode & 0o777 for path in audit.folder.iterdir()} == {0o600}


def test_without_room_the_answer_stands_and_the_chain_goes_on_when_there_is_some(
    house: House, audit: FolderAudit, audited, caplog: pytest.LogCaptureFixture
):
    # given a file to which nothing more can be written
    house.ask("GET", "/v1/assessments")
    whole = os.dup(audit._file)
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, audit._file)

    # when
    answer = house.ask("GET", "/v1/models")
    os.dup2(whole, audit._file)
    house.ask("GET", "/v1/keys")

    # then
    assert answer.status_code == 200
    assert "an audit entry was not written" in caplog.text
    assert [entry["route"] for entry in audited()] == ["/v1/assessments", "/v1/keys"]
    for one in (whole, full):
        os.close(one)
