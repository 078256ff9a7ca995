"""Rows F037-F057: who asks, for whose, and when."""

from tests.stack.bad_input.door import MP4, Door
from tests.stack.bad_input.row import Row, Send

MINE = {"www-authenticate": "Bearer"}
LIST = "/v1/assessments"


def sent(method: str, path: str, **headers: str) -> Send:
    return lambda door: door.ask(method, path, headers=headers)


def listed(number: int, what: str, pointer: str, *query: tuple[str, str]) -> Row:
    return Row(
        number=f"F{number:03}",
        sent=what,
        send=lambda door: door.ask("GET", LIST, params=list(query)),
        status=422,
        code="validation_error",
        pointer=pointer,
        absent=tuple(value for _, value in query if len(value) > 3),
    )


def key_in_query(door: Door):
    return door.ask("GET", LIST, key=None, params={"api_key": door.key, "access_token": door.key})


def two_keys(door: Door):
    given = [("authorization", f"Bearer {key}") for key in (door.key, door.reader)]
    return door.client.request("GET", LIST, headers=given)


def foreign_cursor(door: Door):
    with door.stack.client() as theirs:
        made = theirs.post(LIST, content=MP4, headers={"content-type": "video/mp4"}).json()
        cursor = theirs.get(LIST, params={"limit": 1}).json()["next_cursor"]
        theirs.delete(made["urls"]["self"])
    assert cursor
    return door.ask("GET", LIST, params={"cursor": cursor})


def unfinished(door: Door):
    created = door.post(MP4, "video/mp4", **{"mien-request": '{"reference": "sandbox/never"}'})
    answer = door.ask("GET", created.json()["urls"]["report"])
    door.ask("DELETE", created.json()["urls"]["self"])
    return answer


def deleted_twice(door: Door):
    own = door.post(MP4, "video/mp4").json()["urls"]["self"]
    assert door.ask("DELETE", own).status_code == 200
    return door.ask("DELETE", own)


ROWS = (
    Row(
        number="F038",
        sent="two keys at once",
        send=two_keys,
        status=401,
        code="unauthenticated",
        headers=MINE,
    ),
    Row(
        number="F038",
        sent="a key that is not a bearer's",
        send=lambda door: door.ask(
            "GET", LIST, key=None, headers={"authorization": f"Token {door.key}"}
        ),
        status=401,
        code="unauthenticated",
        headers=MINE,
    ),
    Row(
        number="F042",
        sent="the key in the query",
        send=key_in_query,
        status=401,
        code="unauthenticated",
        absent=("api_key", "access_token"),
    ),
    Row(
        number="F047",
        sent="a preflight from another site",
        send=sent(
            "OPTIONS",
            LIST,
            origin="https://evil.example",
            **{"access-control-request-method": "GET"},
        ),
        status=405,
        code="method_not_allowed",
        absent=("access-control-allow-origin", "evil"),
    ),
    Row(
        number="F047",
        sent="a request from another site",
        send=sent("GET", "/v1/models", origin="https://evil.example"),
        status=200,
        absent=("access-control-allow-origin", "evil"),
    ),
    Row(
        number="F048",
        sent="an id of 7 kB",
        send=sent("GET", f"{LIST}/{'a' * 7000}"),
        status=404,
        code="not_found",
    ),
    Row(
        number="F048",
        sent="an id in capitals",
        send=lambda door: door.ask("GET", f"{LIST}/{door.ended.upper()}"),
        status=404,
        code="not_found",
    ),
    Row(
        number="F049",
        sent="the address of somebody else, from nobody who may say so",
        send=sent("GET", "/v1/models", **{"x-forwarded-for": "203.0.113.7", "forwarded": "for=x"}),
        status=200,
        absent=("203.0.113.7",),
    ),
    Row(
        number="F051",
        sent="the report of one that has not ended",
        send=unfinished,
        status=409,
        code="not_ready",
        headers={"retry-after": "2"},
    ),
    Row(number="F052", sent="delete twice", send=deleted_twice, status=410, code="gone"),
    *(
        listed(54, f"limit {value}", "/query/limit", ("limit", value))
        for value in ("-1", "1000000000", "abc", "", "1.5", "0x10")
    ),
    Row(
        number="F055",
        sent="another tenant's cursor",
        send=foreign_cursor,
        status=422,
        code="validation_error",
        pointer="/query/cursor",
    ),
    Row(
        number="F057",
        sent="If-None-Match of something that is never kept",
        send=lambda door: door.ask("GET", f"{LIST}/{door.ended}", headers={"if-none-match": "*"}),
        status=200,
        headers={"cache-control": "no-store"},
        absent=("etag",),
    ),
)
