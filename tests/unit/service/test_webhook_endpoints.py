from typing import Any

import pytest

from assessment.endpoints import MOST_ENDPOINTS, DisabledReason, EndpointId
from assessment.signing import new_secret
from tests.unit.service.conftest import OTHER_KEY, House

PATH = "/v1/webhook-endpoints"
URL = "https://example.org/mien"
GIVEN = new_secret(bytes(range(30)))


def made(house: House, **options: Any) -> dict[str, Any]:
    answer = house.ask("POST", PATH, json={"url": URL, **options})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"{PATH}/{answer.json()['id']}"
    return answer.json()


def test_a_new_endpoint_shows_its_secret_once(house: House):
    created = made(house, events=["succeeded", "assessment.expired"], description="booking")

    read = house.ask("GET", f"{PATH}/{created['id']}").json()

    secret = created.pop("secret")
    assert secret.startswith("whsec_")
    assert created == read
    assert read["events"] == ["assessment.succeeded", "assessment.expired"]
    assert (read["url"], read["description"], read["enabled"]) == (URL, "booking", True)
    assert (read["disabled_reason"], read["rotating_until"]) == (None, None)
    assert house.ask("GET", PATH).json() == {"data": [read]}


def test_a_secret_may_be_given(house: House):
    assert made(house, secret=GIVEN)["secret"] == GIVEN


@pytest.mark.parametrize(
    ("options", "code", "pointer"),
    [
        ({"url": "http://example.org/mien"}, "callback_not_allowed", "/url"),
        ({"url": "https://127.0.0.1/"}, "callback_not_allowed", "/url"),
        ({"url": "https://169.254.169.254/"}, "callback_not_allowed", "/url"),
        ({"url": "https://a:b@example.org/"}, "callback_not_allowed", "/url"),
        ({"url": URL, "secret": "whsec_c2hvcnQ="}, "validation_error", "/secret"),
        ({"url": URL, "events": ["assessment.born"]}, "validation_error", "/events/0"),
        ({"url": URL, "events": ["failed", "failed"]}, "validation_error", "/events"),
        ({"url": URL, "description": "x" * 201}, "validation_error", "/description"),
        ({"url": URL, "description": "a\nb"}, "validation_error", "/description"),
        ({"url": URL, "enabled": "yes"}, "validation_error", "/enabled"),
        ({"url": URL, "tenant": "theirs"}, "validation_error", "/tenant"),
        ({}, "validation_error", "/url"),
    ],
)
def test_what_breaks_a_rule_is_named_and_nothing_is_kept(
    house: House, options: dict[str, Any], code: str, pointer: str
):
    answer = house.ask("POST", PATH, json=options)

    assert answer.status_code == 422
    assert answer.json()["code"] == code
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert house.endpoints.stored == {}


def test_there_are_twenty_at_most(house: House):
    for _ in range(MOST_ENDPOINTS):
        made(house)

    answer = house.ask("POST", PATH, json={"url": URL})

    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_endpoints")


def test_another_tenants_endpoint_is_not_found_whatever_is_asked(house: House):
    own = f"{PATH}/{made(house)['id']}"

    asked: list[tuple[str, str, Any]] = [
        ("GET", own, None),
        ("PATCH", own, {"enabled": False}),
        ("DELETE", own, None),
        ("POST", f"{own}/rotate", {}),
        ("POST", f"{own}/test", None),
        ("GET", f"{own}/deliveries", None),
    ]
    for method, path, body in asked:
        answer = house.ask(method, path, key=OTHER_KEY, json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), (method, path)
    assert house.ask("GET", PATH, key=OTHER_KEY).json() == {"data": []}
    assert house.ask("GET", f"{PATH}/whe_1").status_code == 404


def test_only_what_is_given_changes(house: House):
    created = made(house, events=["failed"], description="old")
    own = f"{PATH}/{created['id']}"

    changed = house.ask("PATCH", own, json={"description": "new", "enabled": False}).json()

    assert (changed["url"], changed["events"]) == (URL, ["assessment.failed"])
    assert (changed["description"], changed["enabled"]) == ("new", False)
    assert changed["disabled_reason"] == "requested"
    assert house.ask("GET", own).json() == changed
    assert house.ask("PATCH", own, json={}).json() == changed


@pytest.mark.parametrize(
    "changes", [{"url": None}, {"enabled": None}, {"url": "https://10.0.0.1/"}, {"secret": GIVEN}]
)
def test_a_change_that_breaks_a_rule_changes_nothing(house: House, changes: dict[str, Any]):
    created = made(house)
    own = f"{PATH}/{created['id']}"

    assert house.ask("PATCH", own, json={"description": "new"} | changes).status_code == 422
    assert house.ask("GET", own).json()["description"] == ""


def test_an_endpoint_that_was_disabled_can_be_enabled_again(house: House):
    created = made(house)
    house.endpoints.disable(EndpointId(created["id"]), DisabledReason.GONE)
    own = f"{PATH}/{created['id']}"
    assert house.ask("GET", own).json()["disabled_reason"] == "gone"
    tested = house.ask("POST", f"{own}/test")
    assert (tested.status_code, tested.json()["code"]) == (409, "endpoint_disabled")

    assert house.ask("PATCH", own, json={"enabled": True}).json()["enabled"] is True
    assert house.ask("POST", f"{own}/test").status_code == 202


def test_a_deleted_endpoint_is_gone_with_its_log(house: House):
    own = f"{PATH}/{made(house)['id']}"
    house.ask("POST", f"{own}/test")

    answer = house.ask("DELETE", own)

    assert answer.status_code == 200
    assert answer.json()["deleted_at"] == "2026-01-01T12:00:00Z"
    assert house.ask("GET", own).status_code == 404
    assert house.records.deliveries.stored == {}


def test_a_rotation_lets_both_secrets_sign_for_a_day_unless_told(house: House):
    created = made(house, secret=GIVEN)
    own = f"{PATH}/{created['id']}"

    rotated = house.ask("POST", f"{own}/rotate").json()

    assert rotated["secret"] not in (GIVEN, "")
    assert rotated["rotating_until"] == "2026-01-02T12:00:00Z"
    endpoint = house.endpoints.get(EndpointId(created["id"]))
    assert endpoint.secrets(house.clock()) == (rotated["secret"], GIVEN)

    at_once = house.ask("POST", f"{own}/rotate", json={"overlap_s": 0}).json()
    assert at_once["rotating_until"] is None
    endpoint = house.endpoints.get(EndpointId(created["id"]))
    assert endpoint.secrets(house.clock()) == (at_once["secret"],)


@pytest.mark.parametrize("overlap_s", [-1, 7 * 24 * 3600 + 1, "60", 1.5])
def test_an_overlap_beyond_its_bounds_is_refused(house: House, overlap_s: object):
    own = f"{PATH}/{made(house)['id']}"

    answer = house.ask("POST", f"{own}/rotate", json={"overlap_s": overlap_s})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/overlap_s"


def test_a_test_send_is_seen_in_the_endpoints_log(house: House):
    own = f"{PATH}/{made(house)['id']}"

    answer = house.ask("POST", f"{own}/test")

    sent = answer.json()
    assert answer.status_code == 202
    assert (sent["type"], sent["state"], sent["assessment_id"]) == ("webhook.test", "pending", None)
    assert house.ask("GET", f"{own}/deliveries").json() == {"data": [sent]}


def test_neither_address_nor_secret_shows_in_a_representation(house: House):
    created = made(house, secret=GIVEN)

    shown = repr(house.endpoints.get(EndpointId(created["id"])))

    assert GIVEN not in shown
    assert URL not in shown
