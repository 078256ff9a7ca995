"""Every code has an entry in docs/problems.md, and a page where its `type` points."""

from pathlib import Path

from assessment.quota_faults import RateLimited
from assessment.sandbox import ending_faults
from service.problem_pages import document, entries, facts
from service.statuses import RETRY_AFTER_S, STATUS
from tests.unit.service.conftest import House

PAGE = Path(__file__).resolve().parents[3] / "docs" / "problems.md"


def test_the_committed_page_is_what_the_code_says():
    assert PAGE.read_text() == document(), "run `make openapi`"


def test_every_code_has_an_entry():
    assert set(entries()) == {fault.code for fault in STATUS}


def test_every_entry_says_what_to_do_and_what_it_means():
    for entry in entries().values():
        assert all(entry.advice)
        assert all(entry.meanings)


def test_what_is_worth_sending_again_is_said_alike_everywhere():
    waiting = {kind.code for kind in RETRY_AFTER_S} | {RateLimited.code}

    for entry in entries().values():
        assert entry.retryable or "end it again" not in " ".join(entry.advice), entry
        assert entry.retryable or entry.code not in waiting, entry
        assert "1 seconds" not in " ".join(facts(entry))


def test_every_ending_of_an_assessment_is_named_as_one():
    named = {code for code, entry in entries().items() if entry.ends_assessments}

    assert {"digest_mismatch", "too_large", "deadline_passed", "internal_error"} < named
    assert set(ending_faults()) < named
    assert not {"forbidden", "not_ready", "validation_error"} & named


def test_the_type_of_a_problem_leads_to_its_page(house: House):
    problem = house.ask("GET", "/v1/assessments/nothing").json()

    page = house.ask("GET", problem["type"], key=None)

    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert problem["code"] in page.text


def test_a_code_that_does_not_exist_has_no_page(house: House):
    answer = house.ask("GET", "/problems/%3Cscript%3E", key=None)

    assert answer.status_code == 404
    assert "script" not in answer.text
