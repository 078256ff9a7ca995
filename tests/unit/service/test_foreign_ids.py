"""Another tenant's ids against every route of the OpenAPI document that takes one.

A route that is new is walked by itself. A new kind of id needs a line in `MAKERS`.
"""

import re
from collections.abc import Callable, Mapping

import httpx
import pytest

from assessment.access import Scope
from assessment.assessment import Tenant
from assessment.deliveries import CALLBACK
from assessment.events import message
from service.app import assemble
from service.description import Api
from tests.unit.service.conftest import House

OWNER, STRANGER = "sk_owner", "sk_stranger"
HEADERS = {
    "tus-resumable": "1.0.0",
    "upload-offset": "0",
    "content-type": "application/json",
}
CHUNK = HEADERS | {"content-type": "application/offset+octet-stream"}
Ids = Mapping[str, str]


def an_assessment(house: House) -> Ids:
    ended = house.succeeded(key=OWNER)
    told_of = message(ended, CALLBACK, 1)
    house.records.deliveries.add(told_of)
    return {"id": ended.id, "delivery_id": told_of.id}


def a_key(house: House) -> Ids:
    body = {"name": "theirs", "scopes": ["read"]}
    return {"id": house.ask("POST", "/v1/keys", key=OWNER, json=body).json()["id"]}


def an_upload(house: House) -> Ids:
    headers = {"tus-resumable": "1.0.0", "upload-length": "1000"}
    made = house.ask("POST", "/v1/uploads", key=OWNER, headers=headers)
    return {"id": made.headers["location"].rpartition("/")[2]}


def an_endpoint(house: House) -> Ids:
    body = {"url": "https://example.org/hook"}
    return {"id": house.ask("POST", "/v1/webhook-endpoints", key=OWNER, json=body).json()["id"]}


MAKERS: Mapping[str, Callable[[House], Ids]] = {
    "/v1/assessments": an_assessment,
    "/v1/keys": a_key,
    "/v1/uploads": an_upload,
    "/v1/webhook-endpoints": an_endpoint,
}
WITH_AN_ID = [
    (method.upper(), path)
    for path, operations in assemble(Api()).openapi()["paths"].items()
    for method, operation in operations.items()
    if "{" in path and operation.get("security")
]


@pytest.fixture
def tenants(house: House) -> House:
    house.keys.grant(OWNER, Tenant("owner"), Scope.ADMIN)
    house.keys.grant(STRANGER, Tenant("stranger"), Scope.ADMIN)
    return house


def test_every_collection_has_a_maker_of_its_ids():
    collections = {"/".join(path.split("/")[:3]) for _, path in WITH_AN_ID}

    assert collections == set(MAKERS)


@pytest.mark.parametrize(("method", "path"), WITH_AN_ID)
def test_a_foreign_id_is_not_found_and_looks_like_no_id(tenants: House, method: str, path: str):
    ids = MAKERS["/".join(path.split("/")[:3])](tenants)
    unknown = {name: re.sub("[0-9a-f]{32}", "0" * 32, value) for name, value in ids.items()}

    foreign = ask(tenants, method, path.format(**ids), STRANGER)
    missing = ask(tenants, method, path.format(**unknown), STRANGER)

    assert foreign.status_code == missing.status_code == 404
    assert told(foreign) == told(missing)
    # The id is real: its owner gets something else.
    assert ask(tenants, method, path.format(**ids), OWNER).status_code not in (401, 403, 404, 500)


def test_a_foreign_delivery_is_not_found_below_an_own_assessment(tenants: House):
    theirs = an_assessment(tenants)
    own = tenants.succeeded(key=STRANGER)

    path = f"/v1/assessments/{own.id}/deliveries/{theirs['delivery_id']}/replay"

    assert ask(tenants, "POST", path, STRANGER).status_code == 404


def ask(house: House, method: str, path: str, key: str) -> httpx.Response:
    if path.startswith("/v1/uploads") and method == "PATCH":
        return house.ask(method, path, key=key, headers=CHUNK, content=b"x")
    return house.ask(method, path, key=key, headers=HEADERS, content=b"{}")


def told(answer: httpx.Response) -> object:
    """Return what the answer says, but for the request's id."""
    if not answer.content:
        return None
    return {name: value for name, value in answer.json().items() if name != "request_id"}
