"""What a key may do: its scopes against every route of the OpenAPI document."""

import re

import pytest

from assessment.access import Scope
from assessment.assessment import Tenant
from service.auth import ADMIN_TAGS, RESUMED_TAGS
from tests.samples import an_id

CLINIC = Tenant("clinic")


def routes_with_keys(house) -> list[tuple[str, str, set[str]]]:
    paths = house.app.openapi()["paths"]
    return [
        (method.upper(), re.sub(r"{\w+}", an_id(), path), set(operation["tags"]))
        for path, operations in paths.items()
        for method, operation in operations.items()
        if operation.get("security")
    ]


def needed(method: str, tags: set[str]) -> str:
    if tags & ADMIN_TAGS:
        return "admin"
    if tags & RESUMED_TAGS:
        return "create"
    return "read" if method in ("GET", "HEAD") else "create"


@pytest.mark.parametrize("held", [Scope.READ, Scope.CREATE])
def test_every_route_refuses_a_key_without_its_scope_and_names_the_scope(house, held):
    house.build(page=False)
    house.keys.grant("sk_some", CLINIC, held)
    routes = routes_with_keys(house)
    assert len(routes) > 8

    for method, path, tags in routes:
        answer = house.ask(method, path, key="sk_some")
        if needed(method, tags) == held:
            assert answer.status_code != 403, (method, path)
        elif method == "HEAD":
            assert answer.status_code == 403, (method, path)
        else:
            problem = answer.json()
            assert (answer.status_code, problem["code"]) == (403, "forbidden"), (method, path)
            assert problem["missing_scope"] == needed(method, tags)


def test_admin_is_enough_everywhere(house):
    house.keys.grant("sk_admin", CLINIC, Scope.ADMIN)

    for method, path, _ in routes_with_keys(house):
        answer = house.ask(method, path, key="sk_admin")
        assert answer.status_code not in (401, 403), (method, path)


def test_the_scope_is_asked_for_before_the_recording_is_read(house):
    async def nothing():
        raise AssertionError("the body was read")
        yield b""

    house.keys.grant("sk_reader", CLINIC, Scope.READ)

    answer = house.send_raw(nothing(), "multipart/form-data; boundary=x", key="sk_reader")

    assert (answer.status_code, answer.json()["missing_scope"]) == (403, "create")
    assert house.empty


def test_a_key_may_hold_two_scopes(house):
    house.keys.grant("sk_platform", CLINIC, Scope.READ, Scope.CREATE)

    accepted = house.accepted(key="sk_platform")

    path = f"/v1/assessments/{accepted.id}"
    assert house.ask("GET", path, key="sk_platform").status_code == 200
    assert house.ask("DELETE", path, key="sk_platform").status_code == 200
    assert house.ask("GET", "/v1/keys", key="sk_platform").status_code == 403
