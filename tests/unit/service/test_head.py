"""The first lines of a request: what of them is refused, whoever sent it."""

import asyncio
from collections.abc import Sequence

import pytest
from starlette.types import Message, Receive, Scope, Send

from service.head import LONGEST_ADDRESS, TARGET, Head
from service.json_response import JsonResponse
from tests.unit.service.conftest import House

Fields = Sequence[tuple[str, str]]
OURS = ("host", "mien")


async def fine(scope: Scope, receive: Receive, send: Send) -> None:
    await JsonResponse({}, 200)(scope, receive, send)


def asked(
    *fields: tuple[str, str],
    version: str = "1.1",
    path: str = "/v1/models",
    hosts: Sequence[str] = (),
    target: bytes = b"/v1/models",
) -> int:
    """Return the status that such a head gets."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(),
        "query_string": b"", "http_version": version, "request_id": "req_1",
        TARGET: target,
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in fields],
    }  # fmt: skip
    asyncio.run(Head(fine, tuple(hosts))(scope, receive, send))
    return sent[0]["status"]


@pytest.mark.parametrize("version", ["0.9", "2.0", "3.0", "1.2"])
def test_only_two_versions_are_spoken(version: str):
    assert asked(OURS, version=version) == 400


@pytest.mark.parametrize(
    "fields",
    [
        (),
        (OURS, OURS),
        (OURS, ("host", "elsewhere")),
        (("host", "a/admin?x="),),
        (("host", ""),),
        (("host", "me@mien"),),
        (("host", "mien:port"),),
        (("host", "mi en"),),
        (("host", "[::1"),),
        (("host", "m\xefen"),),
    ],
)
def test_a_request_names_one_host_and_nothing_else_there(fields: Fields):
    assert asked(*fields) == 400


@pytest.mark.parametrize("host", ["mien", "MIEN:8000", "127.0.0.1:80", "[::1]:8000", "a_b.example"])
def test_any_name_will_do_where_none_is_set(host: str):
    assert asked(("host", host)) == 200


def test_a_version_without_host_may_go_without():
    assert asked(version="1.0") == 200
    assert asked(version="1.0", hosts=["mien"]) == 400


@pytest.mark.parametrize(
    ("host", "path", "status"),
    [
        ("mien.example", "/v1/models", 200),
        ("MIEN.example:443", "/v1/models", 200),
        ("evil.example", "/v1/models", 400),
        ("mien.example.evil", "/v1/models", 400),
        ("10.0.0.7:8000", "/livez", 200),
        ("10.0.0.7:8000", "/metrics", 200),
    ],
)
def test_where_names_are_set_only_they_are_answered_to(host: str, path: str, status: int):
    answer = asked(("host", host), path=path, hosts=["mien.example"])

    assert answer == status


def test_the_settings_name_the_hosts(house: House):
    house.build(hosts=("mien.example",))

    answer = house.ask("GET", "/v1/models", headers={"host": "evil.example"})

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert "evil" not in answer.text
    assert house.ask("GET", "/v1/models", headers={"host": "mien.example"}).status_code == 200


def test_an_address_has_an_end(house: House):
    fits = "/v1/assessments/" + "a" * (LONGEST_ADDRESS - 16)

    assert house.ask("GET", fits).status_code == 404
    answer = house.ask("GET", fits + "a")
    assert (answer.status_code, answer.json()["code"]) == (414, "address_too_long")


def test_what_nobody_does_is_not_expected(house: House):
    answer = house.ask("GET", "/v1/models", headers={"expect": "banana"})

    assert (answer.status_code, answer.json()["code"]) == (417, "expectation_failed")
    known = house.ask("GET", "/v1/models", headers={"expect": "100-Continue"})
    assert known.status_code == 200


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (b"http://mien/v1/models", 200),
        (b"http://MIEN/v1/models?a=b", 200),
        (b"*", 200),
        (b"http://evil.example/v1/models", 400),
        (b"http://mien@evil.example/", 400),
        (b"evil.example:80", 400),
        (b"http://", 400),
    ],
)
def test_a_whole_address_names_the_host_that_is_asked(target: bytes, status: int):
    assert asked(OURS, target=target) == status


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=1&limit=2", "/query/limit"),
        ("limit=1&limit=1", "/query/limit"),
        ("Anna%20M=1&Anna+M", "/query"),
    ],
)
def test_a_query_is_read_in_one_way(house: House, query: str, pointer: str):
    answer = house.ask("GET", f"/v1/assessments?{query}")

    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]
    assert "Anna" not in answer.text


def test_a_route_that_reads_no_query_does_not_mind_one(house: House):
    assert house.ask("GET", "/v1/models?a=1&a=2").status_code == 200
    assert house.ask("GET", "/v1/assessments/x/timeline?format=csv&format=csv").status_code == 422
