"""Rows F161-F179: addresses to which nothing is sent, and endpoints that break a rule."""

import base64
from typing import Any

from tests.stack.bad_input.door import Door, told
from tests.stack.bad_input.row import Row

HOOKS = "/v1/webhook-endpoints"
REFUSED = {
    161: ("http://example.org/hook",),
    162: (
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "javascript:alert(1)",
        "data:text/html,x",
        "HTTPS:example.org",
    ),
    163: ("https://0.0.0.0/", "https://0/"),
    164: (
        "https://2130706433/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://0177.0.0.1/",
        "https://\uff11\uff12\uff17.0.0.1/",
    ),
    165: (
        "https://169.254.169.254/",
        "https://[fd00:ec2::254]/",
        "https://100.100.100.200/",
        "https://intranet/",
    ),
    166: (
        "https://10.1.2.3/",
        "https://172.16.0.1/",
        "https://192.168.1.1/",
        "https://100.64.0.1/",
        "https://198.18.0.1/",
        "https://224.0.0.1/",
        "https://240.0.0.1/",
    ),
    167: (
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[::127.0.0.1]/",
        "https://[fe80::1%25eth0]/",
    ),
    170: (
        "https://user:pw@example.org/",
        "https://example.org/#part",
        "https://example.org/\r\nX: y",
        "https://exam ple.org/",
        "https://example.org\\@10.0.0.1/",
    ),
    171: (
        "https://example.org:22/",
        "https://example.org:6379/",
        "https://example.org:0/",
        "https://example.org:99999/",
    ),
}


def endpoint(number: int, what: str, options: dict[str, Any], code: str, pointer: str) -> Row:
    return Row(
        number=f"F{number:03}",
        sent=what,
        send=lambda door: door.ask("POST", HOOKS, json=options),
        status=422,
        code=code,
        pointer=pointer,
    )


def callback(number: int, url: str) -> Row:
    return Row(
        number=f"F{number:03}",
        sent=f"the callback {url[:40]!r}",
        send=lambda door: door.post(told({"callback": {"url": url}})),
        status=422,
        code="callback_not_allowed",
        pointer="/request/callback/url",
    )


def one_too_many(door: Door):
    made = [door.ask("POST", HOOKS, json={"url": "https://example.org/hook"}) for _ in range(20)]
    answer = door.ask("POST", HOOKS, json={"url": "https://example.org/hook"})
    for one in made:
        assert one.status_code == 201, one.text
        door.ask("DELETE", f"{HOOKS}/{one.json()['id']}")
    return answer


SHORT = "whsec_" + base64.b64encode(bytes(8)).decode()
URL = "https://example.org/hook"
ROWS = (
    *(
        endpoint(number, f"the endpoint {url[:40]!r}", {"url": url}, "callback_not_allowed", "/url")
        for number, urls in REFUSED.items()
        for url in urls
    ),
    endpoint(
        170,
        "an endpoint of 3 kB",
        {"url": "https://example.org/" + "a" * 3000},
        "validation_error",
        "/url",
    ),
    *(callback(number, url) for number, urls in REFUSED.items() for url in urls[:2]),
    *(
        endpoint(
            177, f"a secret {what}", {"url": URL, "secret": secret}, "validation_error", "/secret"
        )
        for what, secret in (
            ("of 8 bytes", SHORT),
            ("that is no base64", "whsec_!!!!"),
            ("without its prefix", "A" * 44),
        )
    ),
    Row(
        number="F178",
        sent="one endpoint too many",
        send=one_too_many,
        status=409,
        code="too_many_endpoints",
    ),
)
