"""Keys and tenants: every route asks for a key, and sees its own tenant's assessments only."""

import pytest

from assessment.assessment import Status
from tests.samples import an_id
from tests.unit.service.conftest import without_signature

OPEN = {
    "/livez", "/readyz", "/metrics", "/openapi.json", "/problems/{code}",
    "/.well-known/mien-receipt-keys.json", "/models/{name}",
}  # fmt: skip
ON_ONE = [
    ("GET", "/v1/assessments/{}"),
    ("GET", "/v1/assessments/{}/timeline"),
    ("GET", "/v1/assessments/{}/segments"),
    ("GET", "/v1/assessments/{}/report"),
    ("DELETE", "/v1/assessments/{}"),
    ("POST", "/v1/assessments/{}/cancel"),
]


def without_request_id(answer):
    return {key: value for key, value in answer.json().items() if key != "request_id"}


def test_every_route_but_the_open_ones_asks_for_a_key(house):
    routes = [
        (method.upper(), path)
        for path, operations in house.app.openapi()["paths"].items()
        for method in operations
    ]

    asked = [(path, house.ask(m, path.replace("{id}", an_id()), key=None)) for m, path in routes]

    assert {path for path, answer in asked if answer.status_code == 401} == {
        path for _, path in routes if path not in OPEN
    }
    for _, answer in asked:
        if answer.status_code == 401:
            assert answer.headers["www-authenticate"] == "Bearer"
            head = answer.request.method == "HEAD"
            assert head or answer.json()["code"] == "unauthenticated"


@pytest.mark.parametrize(
    "headers",
    [
        [("authorization", "Basic c2tfb3Vyczo=")],
        [("authorization", "Bearer")],
        [("authorization", "Bearer ")],
        [("authorization", "Bearer sk_unknown")],
        [("authorization", "Bearer sk_öurs".encode())],
        [("authorization", "Bearer sk_ours"), ("authorization", "Bearer sk_ours")],
        [("x-api-key", "sk_ours")],
    ],
)
def test_only_one_bearer_key_that_is_known_opens(house, headers):
    answer = house.ask("GET", "/v1/models?key=sk_ours", key=None, headers=headers)

    assert answer.status_code == 401


def test_the_key_is_asked_for_before_the_recording_is_read(house):
    async def nothing():
        raise AssertionError("the body was read")
        yield b""

    answer = house.send_raw(nothing(), "multipart/form-data; boundary=x", key="sk_unknown")

    assert answer.status_code == 401
    assert house.empty


@pytest.mark.parametrize(("method", "path"), ON_ONE)
def test_somebody_elses_assessment_is_like_none(house, method, path):
    theirs = house.succeeded(key="sk_theirs")

    foreign = house.ask(method, path.format(theirs.id))
    unknown = house.ask(method, path.format(an_id(77)))

    assert foreign.status_code == unknown.status_code == 404
    assert without_request_id(foreign) == without_request_id(unknown)
    assert house.records.get(theirs.id).status is Status.SUCCEEDED
    assert house.blobs.get(theirs.id, "result.1.json") is not None


@pytest.mark.parametrize(("method", "path"), ON_ONE)
@pytest.mark.parametrize("no_id", ["x", "asm_", "asm_" + "0" * 31, "%00", "%ff", "a" * 5000])
def test_an_id_that_is_none_is_not_found(house, method, path, no_id):
    answer = house.ask(method, path.format(no_id))

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(("method", "path"), ON_ONE)
def test_a_deleted_assessment_is_gone(house, method, path):
    assessment = house.succeeded()
    house.ask("DELETE", f"/v1/assessments/{assessment.id}")

    answer = house.ask(method, path.format(assessment.id))

    assert (answer.status_code, answer.json()["code"]) == (410, "gone")


@pytest.mark.parametrize(("method", "path"), ON_ONE)
def test_what_somebody_else_deleted_never_was(house, method, path):
    theirs = house.succeeded(key="sk_theirs")
    house.ask("DELETE", f"/v1/assessments/{theirs.id}", key="sk_theirs")

    answer = house.ask(method, path.format(theirs.id))

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_deletion_names_what_it_erased(house):
    assessment = house.succeeded()

    receipt = house.ask("DELETE", f"/v1/assessments/{assessment.id}").json()

    assert without_signature(receipt) == {
        "kind": "deletion",
        "version": 1,
        "sandbox": False,
        "id": assessment.id,
        "deleted_at": "2026-01-01T12:00:00Z",
        "erased": [
            {"class": "recording", "at": None},
            {"class": "request", "at": "2026-01-01T12:00:00Z"},
            {"class": "result", "at": "2026-01-01T12:00:00Z"},
            {"class": "timeline", "at": "2026-01-01T12:00:00Z"},
        ],
    }
    assert list(house.blobs.stored()) == []
    assert house.records.stored == {}


def test_an_assessment_can_be_erased_while_it_is_worked_on(house):
    running = house.ended(Status.PROCESSING)

    answer = house.ask("DELETE", f"/v1/assessments/{running.id}")

    assert [one["class"] for one in answer.json()["erased"]] == ["recording", "request"]
    assert list(house.blobs.stored()) == []
