"""Keys over HTTP: who may manage them, what is shown once, and how they end."""

import pytest

from assessment.access import Scope
from assessment.assessment import Tenant
from assessment.key_rules import MOST_KEYS
from tests.samples import an_id

CLINIC = Tenant("clinic")
NO_KEY = "key_" + "0" * 32


@pytest.fixture
def admin(house) -> str:
    house.keys.grant("sk_admin", CLINIC, Scope.ADMIN)
    return "sk_admin"


def make(house, key, **body):
    options = {"name": "backend", "scopes": ["read"]} | body
    return house.ask("POST", "/v1/keys", key=key, json=options)


def code_of(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_new_key_is_shown_once_and_lets_in(house, admin):
    created = make(house, admin, scopes=["read", "create"], expires_in_s=3600)

    body = created.json()
    assert created.status_code == 201
    assert created.headers["location"] == f"/v1/keys/{body['id']}"
    assert created.headers["cache-control"] == "no-store"
    assert body["key"].startswith("sk_live_")
    assert body["key"].endswith(body["hint"])
    assert body | {"id": "", "key": "", "hint": ""} == {
        "id": "",
        "key": "",
        "hint": "",
        "name": "backend",
        "environment": "live",
        "scopes": ["create", "read"],
        "status": "active",
        "created_at": "2026-01-01T12:00:00Z",
        "expires_at": "2026-01-01T13:00:00Z",
        "last_used_at": None,
        "replaced_by": None,
        "of_settings": False,
    }
    assert house.ask("GET", "/v1/models", key=body["key"]).status_code == 200
    read = house.ask("GET", f"/v1/keys/{body['id']}", key=admin).json()
    assert "key" not in read
    assert read["last_used_at"] == "2026-01-01T12:00:00Z"


def test_a_test_key_reaches_the_sandbox_alone(house, admin):
    key = make(house, admin, environment="test", scopes=["admin"]).json()["key"]
    assert key.startswith("sk_test_")

    accepted = house.accepted(key=key)

    assert accepted.tenant == "clinic/sandbox"
    assert house.ask("GET", f"/v1/assessments/{accepted.id}", key=admin).status_code == 404
    assert house.ask("GET", f"/v1/assessments/{accepted.id}", key=key).status_code == 200


def test_a_test_key_manages_test_keys_and_sees_no_live_one(house, admin):
    live = make(house, admin).json()
    test = make(house, admin, environment="test", scopes=["admin"]).json()

    listed = house.ask("GET", "/v1/keys", key=test["key"]).json()["data"]
    refused = make(house, test["key"], environment="live")
    made = make(house, test["key"])

    assert [one["id"] for one in listed] == [test["id"]]
    assert house.ask("DELETE", f"/v1/keys/{live['id']}", key=test["key"]).status_code == 404
    assert code_of(refused) == (422, "validation_error")
    assert refused.json()["errors"][0]["pointer"] == "/environment"
    assert made.json()["environment"] == "test"


def test_a_tenant_lists_its_own_keys(house, admin):
    first, second = make(house, admin).json(), make(house, admin, name="kiosk").json()
    house.keys.grant("sk_stranger", Tenant("stranger"), Scope.ADMIN)

    listed = house.ask("GET", "/v1/keys", key=admin).json()["data"]
    foreign = house.ask("GET", "/v1/keys", key="sk_stranger").json()["data"]

    assert {first["id"], second["id"]} < {one["id"] for one in listed}
    assert len(listed) == 3
    assert all("key" not in one for one in listed)
    assert len(foreign) == 1


def test_a_revoked_key_is_nobodys_from_then_on(house, admin):
    made = make(house, admin).json()

    revoked = house.ask("DELETE", f"/v1/keys/{made['id']}", key=admin)

    assert revoked.json() == {"id": made["id"], "revoked_at": "2026-01-01T12:00:00Z"}
    after = house.ask("GET", "/v1/models", key=made["key"])
    assert code_of(after) == (401, "unauthenticated")
    assert after.headers["www-authenticate"] == "Bearer"
    assert house.ask("GET", f"/v1/keys/{made['id']}", key=admin).status_code == 404


def test_an_expired_key_is_nobodys(house, admin):
    made = make(house, admin, expires_in_s=60).json()

    house.clock.go_on(60)

    after = house.ask("GET", "/v1/models", key=made["key"])
    assert code_of(after) == (401, "unauthenticated")
    read = house.ask("GET", f"/v1/keys/{made['id']}", key=admin).json()
    assert read["status"] == "expired"


def test_the_last_admin_key_cannot_revoke_itself(house, admin):
    [only] = house.ask("GET", "/v1/keys", key=admin).json()["data"]

    refused = house.ask("DELETE", f"/v1/keys/{only['id']}", key=admin)

    assert code_of(refused) == (409, "last_admin_key")
    assert "another key" in refused.json()["detail"]
    make(house, admin, scopes=["admin"])
    assert house.ask("DELETE", f"/v1/keys/{only['id']}", key=admin).status_code == 200


def test_a_rotation_gives_a_new_key_and_lets_the_old_one_end(house, admin):
    old = make(house, admin, scopes=["read", "create"]).json()

    answer = house.ask("POST", f"/v1/keys/{old['id']}/rotate", key=admin, json={"overlap_s": 60})

    new = answer.json()
    assert answer.status_code == 201
    assert (new["name"], new["scopes"]) == (old["name"], old["scopes"])
    for key in (old["key"], new["key"]):
        assert house.ask("GET", "/v1/models", key=key).status_code == 200
    replaced = house.ask("GET", f"/v1/keys/{old['id']}", key=admin).json()
    assert replaced["replaced_by"] == new["id"]
    assert replaced["expires_at"] == "2026-01-01T12:01:00Z"
    house.clock.go_on(60)
    assert house.ask("GET", "/v1/models", key=old["key"]).status_code == 401
    assert house.ask("GET", "/v1/models", key=new["key"]).status_code == 200


def test_a_rotation_without_a_body_overlaps_for_a_day(house, admin):
    old = make(house, admin).json()

    answer = house.ask("POST", f"/v1/keys/{old['id']}/rotate", key=admin)

    assert answer.status_code == 201
    read = house.ask("GET", f"/v1/keys/{old['id']}", key=admin).json()
    assert read["expires_at"] == "2026-01-02T12:00:00Z"


def test_the_key_of_the_settings_is_ended_by_them_only(house, admin):
    house.keys.configure("sk_live_settings", CLINIC)
    listed = house.ask("GET", "/v1/keys", key=admin).json()["data"]
    [key] = [one for one in listed if one["of_settings"]]

    refused = house.ask("DELETE", f"/v1/keys/{key['id']}", key=admin)
    kept = house.ask("POST", f"/v1/keys/{key['id']}/rotate", key=admin)

    assert code_of(refused) == code_of(kept) == (409, "key_of_settings")


def test_a_tenant_has_a_bounded_number_of_keys(house, admin):
    for _ in range(MOST_KEYS - 1):
        make(house, admin)

    assert code_of(make(house, admin)) == (409, "too_many_keys")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": "", "scopes": ["read"]}, "/name"),
        ({"name": "n" * 65, "scopes": ["read"]}, "/name"),
        ({"name": "a\nb", "scopes": ["read"]}, "/name"),
        ({"scopes": ["read"]}, "/name"),
        ({"name": "a"}, "/scopes"),
        ({"name": "a", "scopes": []}, "/scopes"),
        ({"name": "a", "scopes": ["root"]}, "/scopes/0"),
        ({"name": "a", "scopes": ["read", "read"]}, "/scopes"),
        ({"name": "a", "scopes": "read"}, "/scopes"),
        ({"name": "a", "scopes": ["read"], "environment": "prod"}, "/environment"),
        ({"name": "a", "scopes": ["read"], "expires_in_s": 59}, "/expires_in_s"),
        ({"name": "a", "scopes": ["read"], "expires_in_s": 1e9}, "/expires_in_s"),
        ({"name": "a", "scopes": ["read"], "expires_in_s": "60"}, "/expires_in_s"),
        ({"name": "a", "scopes": ["read"], "tenant": "other"}, "/tenant"),
        ([], ""),
    ],
)
def test_a_key_that_breaks_a_rule_is_not_made(house, admin, body, pointer):
    answer = house.ask("POST", "/v1/keys", key=admin, json=body)

    assert code_of(answer) == (422, "validation_error")
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert len(house.keys.known) == 1


@pytest.mark.parametrize("body", [b"", b"{", b"nul", b'{"name":"a","name":"b"}', b"[" * 10_000])
def test_a_body_that_is_no_json_is_refused(house, admin, body):
    answer = house.ask(
        "POST",
        "/v1/keys",
        key=admin,
        content=body,
        headers={"content-type": "application/json"},
    )

    assert code_of(answer) == (422, "validation_error")


def test_a_body_of_another_kind_or_without_end_is_refused(house, admin):
    form = house.ask("POST", "/v1/keys", key=admin, data={"name": "a"})
    endless = house.ask(
        "POST",
        "/v1/keys",
        key=admin,
        content=b" " * 70_000,
        headers={"content-type": "application/json"},
    )

    assert code_of(form) == (415, "unsupported_media_type")
    assert code_of(endless)[0] == 413


@pytest.mark.parametrize("overlap", [-1, 31 * 86_400, "60", None])
def test_an_overlap_that_breaks_a_rule_is_refused(house, admin, overlap):
    made = make(house, admin).json()

    path = f"/v1/keys/{made['id']}/rotate"
    answer = house.ask("POST", path, key=admin, json={"overlap_s": overlap})

    assert answer.json()["errors"][0]["pointer"] == "/overlap_s"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/keys/{}"),
        ("DELETE", "/v1/keys/{}"),
        ("POST", "/v1/keys/{}/rotate"),
    ],
)
@pytest.mark.parametrize("no_key", [NO_KEY, "x", "%00", "a" * 3000, an_id()])
def test_an_id_that_is_no_keys_is_not_found(house, admin, method, path, no_key):
    assert code_of(house.ask(method, path.format(no_key), key=admin)) == (404, "not_found")
