"""`GET /v1/assessments`: pages, filters, cursors."""

import pytest

from assessment.assessment import Status, Tenant
from service.bodies import AssessmentList
from service.seal import Seal

LIST = "/v1/assessments"


def listed(house, query="", **more):
    answer = house.ask("GET", LIST + query, **more)
    assert answer.status_code == 200, answer.text
    AssessmentList.model_validate(answer.json())
    return answer.json()


def refused(house, query, **more):
    answer = house.ask("GET", LIST + query, **more)
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "validation_error"
    return answer.json()["errors"]


def ids(page):
    return [one["id"] for one in page["data"]]


def several(house, count, **request):
    made = []
    for _ in range(count):
        house.clock.go_on(1)
        made.append(house.accepted(request).id)
    return made[::-1]


def test_a_tenant_without_assessments_has_an_empty_list(house):
    assert listed(house) == {"data": [], "next": None, "next_cursor": None}


def test_a_line_is_the_assessment_without_its_result(house):
    assessment = house.succeeded()
    whole = house.ask("GET", f"{LIST}/{assessment.id}").json()

    (line,) = listed(house)["data"]

    assert line == {name: value for name, value in whole.items() if name != "result"}


def test_next_leads_through_all_pages_newest_first(house):
    made = several(house, 5)

    seen, path, pages = [], f"{LIST}?limit=2", 0
    while path:
        page = house.ask("GET", path).json()
        seen, path, pages = seen + ids(page), page["next"], pages + 1

    assert (seen, pages) == (made, 3)


def test_twenty_come_when_no_number_is_asked_for(house):
    several(house, 21)

    page = listed(house)

    assert len(page["data"]) == 20
    assert page["next"].endswith(f"cursor={page['next_cursor']}")


def test_a_cursor_carries_its_filters(house):
    made = several(house, 3, reference="visit-17")
    several(house, 2)
    first = listed(house, "?limit=2&reference=visit-17")

    rest = listed(house, f"?cursor={first['next_cursor']}")
    same = listed(house, f"?cursor={first['next_cursor']}&reference=visit-17")

    assert ids(first) + ids(rest) == made
    assert rest == same


def test_a_cursor_with_other_filters_is_refused(house):
    several(house, 3)
    cursor = listed(house, "?limit=1&status=queued")["next_cursor"]

    errors = refused(house, f"?cursor={cursor}&status=failed")

    assert [error["pointer"] for error in errors] == ["/query/status"]


def test_filters_choose(house):
    queued = house.accepted({"reference": "Visit 17/ü"})
    failed = house.ended(Status.FAILED, fault="undecodable")
    reported = house.succeeded()

    assert ids(listed(house, "?status=queued")) == [queued.id]
    assert ids(listed(house, "?status=failed")) == [failed.id]
    assert ids(listed(house, "?status=succeeded&outcome=reported")) == [reported.id]
    assert ids(listed(house, "?outcome=withheld")) == []
    assert ids(listed(house, "?reference=Visit%2017/%C3%BC")) == [queued.id]
    assert ids(listed(house, "?reference=visit%2017")) == []
    assert len(ids(listed(house, "?created_after=2026-01-01T12:00:00Z"))) == 3
    assert ids(listed(house, "?created_before=2026-01-01T13:00:00%2B01:00")) == []


def test_nobody_lists_what_belongs_to_others(house):
    house.accepted({"reference": "visit-17"}, key="sk_theirs")

    assert ids(listed(house)) == []
    assert ids(listed(house, "?reference=visit-17")) == []


def test_a_deleted_assessment_is_in_no_list(house):
    assessment = house.accepted({"reference": "visit-17"})
    house.ask("DELETE", f"{LIST}/{assessment.id}")

    assert ids(listed(house)) == ids(listed(house, "?reference=visit-17")) == []


def test_every_change_of_a_cursor_is_noticed(house):
    several(house, 2)
    cursor = listed(house, "?limit=1")["next_cursor"]

    for at, letter in enumerate(cursor):
        changed = cursor[:at] + ("A" if letter != "A" else "B") + cursor[at + 1 :]
        errors = refused(house, f"?cursor={changed}")
        assert errors == [{"pointer": "/query/cursor", "detail": "is no cursor of this list"}]


@pytest.mark.parametrize("token", ["x", "%00", "%ff", "=", "AAAA", "A" * 1024, "%C3%A9", "a+b/c"])
def test_what_is_no_cursor_is_refused(house, token):
    assert [error["pointer"] for error in refused(house, f"?cursor={token}")] == ["/query/cursor"]


def test_somebody_elses_cursor_is_none(house):
    several(house, 2)
    cursor = listed(house, "?limit=1")["next_cursor"]

    errors = refused(house, f"?cursor={cursor}", key="sk_theirs")

    assert [error["pointer"] for error in errors] == ["/query/cursor"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "/query/limit"),
        ("limit=101", "/query/limit"),
        ("limit=10000", "/query/limit"),
        ("limit=-1", "/query/limit"),
        ("limit=x", "/query/limit"),
        ("limit=1.5", "/query/limit"),
        ("limit=", "/query/limit"),
        ("cursor=", "/query/cursor"),
        ("cursor=" + "A" * 1025, "/query/cursor"),
        ("status=done", "/query/status"),
        ("status=", "/query/status"),
        ("outcome=good", "/query/outcome"),
        ("created_after=yesterday", "/query/created_after"),
        ("created_after=1700000000", "/query/created_after"),
        ("created_before=2026-01-01T12:00:00", "/query/created_before"),
        ("reference=", "/query/reference"),
        ("reference=" + "r" * 201, "/query/reference"),
        ("page=2", "/query/page"),
    ],
)
def test_a_query_that_breaks_a_rule_is_told_where(house, query, pointer):
    errors = refused(house, f"?{query}")

    assert [error["pointer"] for error in errors] == [pointer]
    assert all("yesterday" not in error["detail"] for error in errors)


def test_a_digest_says_nothing_without_the_key_and_differs_from_tenant_to_tenant():
    seal, other = Seal(b"k" * 32), Seal(b"l" * 32)

    digests = {
        seal.reference_digest(Tenant("a"), "visit-17"),
        seal.reference_digest(Tenant("b"), "visit-17"),
        seal.reference_digest(Tenant("a"), "visit-18"),
        other.reference_digest(Tenant("a"), "visit-17"),
    }

    assert len(digests) == 4
    assert "k" * 8 not in repr(seal)
