"""Bad request parts: 422, a pointer into the part, no echo, nothing kept."""

import json

import pytest

from service.request_part import RequestReader
from service.strict_json import MOST_TOLD

CONSENT = {"policy_version": "2026-01", "scopes": ["severity"]}
OBTAINED_AT = "/request/consent/obtained_at"
DEEP = b"[" * 200 + b"]" * 200


@pytest.mark.parametrize(
    ("request_part", "pointer"),
    [
        (b"not json", "/request"),
        (b"", "/request"),
        (b"[]", "/request"),
        (b"null", "/request"),
        (b'"text"', "/request"),
        (b"\xff\xfe{}", "/request"),
        (b'{"reference":"\\ud800"}', "/request"),
        (b'{"reference":"a","reference":"b"}', "/request"),
        (DEEP, "/request"),
        (b"[" * 60_000, "/request"),
        (b'{"metadata":{"a":' + DEEP + b"}}", "/request"),
        ({"surprise": 1}, "/request/surprise"),
        ({"Anna Muster": 1}, "/request"),
        ({"sampling": {"every_ms": 0}}, "/request/sampling/every_ms"),
        ({"sampling": {"every_ms": -400}}, "/request/sampling/every_ms"),
        ({"sampling": {"every_ms": 19}}, "/request/sampling/every_ms"),
        ({"sampling": {"every_ms": 60_001}}, "/request/sampling/every_ms"),
        ({"sampling": {"every_ms": "400"}}, "/request/sampling/every_ms"),
        ({"sampling": {"every_ms": 400.5}}, "/request/sampling/every_ms"),
        ({"sampling": {"every_ms": True}}, "/request/sampling/every_ms"),
        (b'{"sampling":{"every_ms":NaN}}', "/request"),
        (b'{"sampling":{"every_ms":1e9}}', "/request/sampling/every_ms"),
        (b'{"sampling":{"every_ms":' + b"9" * 5000 + b"}}", "/request"),
        ({"sampling": {"every_n_frames": 0}}, "/request/sampling/every_n_frames"),
        ({"sampling": {"every_n_frames": 10_001}}, "/request/sampling/every_n_frames"),
        ({"sampling": {}}, "/request/sampling"),
        ({"sampling": {"every_ms": 400, "every_n_frames": 10}}, "/request/sampling"),
        ({"sampling": None}, "/request/sampling"),
        ({"analyses": []}, "/request/analyses"),
        ({"analyses": "severity"}, "/request/analyses"),
        ({"analyses": ["horoscope"]}, "/request/analyses/0"),
        ({"analyses": ["severity", "severity"]}, "/request/analyses"),
        ({"model": "oracle"}, "/request/model"),
        ({"model": "../../etc/passwd"}, "/request/model"),
        ({"model": ["hmhn", "horoscope"]}, "/request/model"),
        ({"analyses": ["expression"], "model": "hmhn"}, "/request/model"),
        ({"analyses": ["micro_expressions"]}, "/request/analyses"),
        ({"model": []}, "/request/model"),
        ({"model": ["hmhn", "hmhn"]}, "/request/model"),
        ({"model": 7}, "/request/model"),
        ({"subject": {"select": "prettiest"}}, "/request/subject/select"),
        ({"subject": {"select": "region"}}, "/request/subject"),
        ({"subject": {"region": [0, 0, 1, 1]}}, "/request/subject"),
        ({"subject": {"select": "region", "region": [0, 0, 0, 1]}}, "/request/subject"),
        ({"subject": {"select": "region", "region": [0.5, 0, 0.6, 1]}}, "/request/subject"),
        ({"subject": {"select": "region", "region": [0, 0, 2, 1]}}, "/request/subject/region/2"),
        ({"reference": "x" * 201}, "/request/reference"),
        ({"reference": "line\nfeed"}, "/request/reference"),
        ({"reference": "right\u202eto left"}, "/request/reference"),
        ({"reference": 17}, "/request/reference"),
        ({"metadata": {"a": 1}}, "/request/metadata"),
        ({"metadata": {str(i): "" for i in range(51)}}, "/request/metadata"),
        ({"metadata": {"k" * 41: ""}}, "/request/metadata"),
        ({"metadata": {"a": "x" * 501}}, "/request/metadata"),
        ({"metadata": {str(i): "" for i in range(5000)}}, "/request/metadata"),
        ({"metadata": {"a": "x" * 90_000}}, "/request"),
        ({"consent": {**CONSENT, "obtained_at": "2999-01-01T00:00:00Z"}}, OBTAINED_AT),
        ({"consent": {**CONSENT, "obtained_at": "2026-01-01T12:05:01Z"}}, OBTAINED_AT),
        ({"consent": {**CONSENT, "obtained_at": "9999-12-31T23:59:59-14:00"}}, OBTAINED_AT),
        ({"consent": {**CONSENT, "obtained_at": "0000-00-00"}}, OBTAINED_AT),
        ({"consent": {**CONSENT, "obtained_at": "99999-01-01T00:00:00Z"}}, OBTAINED_AT),
        ({"callback": {}}, "/request/callback/url"),
        ({"callback": {"url": "https://example.org/", "events": ["born"]}}, None),
        ({"callback": {"url": "https://example.org/", "secret": "short"}}, None),
        ({"callback": {"url": "https://example.org/", "secret": "whsec_AAAA"}}, None),
    ],
)
def test_a_broken_rule_has_a_pointer_and_leaves_nothing(house, request_part, pointer):
    answer = house.send(request_part)

    pointers = [error["pointer"] for error in answer.json()["errors"]]
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_error")
    assert pointer is None or pointer in pointers
    assert all(one.startswith("/request") for one in pointers)
    assert house.empty


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/", "ftp://example.org/", "https://", "https://user:pw@example.org/",
        "https://example.org/#part", "https://127.0.0.1/", "https://169.254.169.254/latest",
        "http://[::ffff:127.0.0.1]/", "https://[::1]/", "https://localhost/", "https://10.0.0.1/",
        "https://2130706433/", "https://example.org:99999/", "not an address",
        "javascript:alert(1)",
    ],
)  # fmt: skip
def test_a_callback_that_may_not_be_called_is_refused(house, url):
    answer = house.send({"callback": {"url": url}})

    assert (answer.status_code, answer.json()["code"]) == (422, "callback_not_allowed")
    assert answer.json()["errors"][0]["pointer"] == "/request/callback/url"
    assert url not in answer.text
    assert house.empty


def test_all_broken_rules_are_named_at_once(house):
    answer = house.send({"sampling": {"every_ms": 1}, "subject": {"select": "x"}, "extra": 1})

    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "/request/sampling/every_ms",
        "/request/subject/select",
        "/request/extra",
    }


def test_what_is_served_is_listed(house):
    model = house.send({"model": "oracle"}).json()["errors"][0]
    analysis = house.send({"analyses": ["horoscope"]}).json()["errors"][0]

    assert model["detail"] == "served are: ddl_resnet50, expression, hmhn"
    assert "severity" in analysis["detail"]
    assert "expression" in analysis["detail"]


def test_an_analysis_without_a_network_is_not_served(house):
    del house.manifests["expression"]
    house.build()

    error = house.send().json()["errors"][0]

    assert error == {"pointer": "/request/analyses", "detail": "served are: severity"}


@pytest.mark.parametrize(
    "request_part",
    [
        {"canary": "CANARY"},
        {"CANARY CANARY": 1},
        {"model": "CANARY"},
        {"analyses": ["CANARY"]},
        {"metadata": {"CANARY": 5}},
        {"reference": "CANARY\n"},
        {"callback": {"url": "ftp://CANARY"}},
        {"callback": {"url": "https://example.org", "secret": "CANARY"}},
        {"sampling": {"every_ms": "CANARY"}},
        b'{"CANARY',
    ],
)
def test_nothing_of_the_input_comes_back(house, request_part, caplog):
    caplog.set_level("DEBUG", "service")
    answer = house.send(request_part)

    assert answer.status_code == 422
    assert "CANARY" not in answer.text
    assert "CANARY" not in caplog.text


def test_a_request_part_reads_the_same_alone(house):
    reader: RequestReader = house.app.state.desk.uploads.read_request

    assert reader(json.dumps({"model": ["hmhn"]}).encode()).models == ("hmhn", "expression")
    assert reader(b"{}").sampling.every_ms == 400


def test_an_expression_alone_needs_no_severity_network(house):
    house.manifests = {"expression": house.manifests["expression"]}
    house.build()

    assert house.send({"analyses": ["expression"]}).status_code == 202
    assert house.send({"analyses": ["expression"], "model": "hmhn"}).status_code == 422


def test_a_consent_of_a_moment_ago_or_of_a_clock_that_is_a_little_ahead_is_taken(house):
    for at in ("2026-01-01T12:04:59Z", "2026-01-01T13:04:00+01:00", "0001-01-01T00:00:00+14:00"):
        assert house.send({"consent": {**CONSENT, "obtained_at": at}}).status_code == 202, at


@pytest.mark.parametrize(
    ("part", "pointer", "said"),
    [
        ({"analysis": ["severity"]}, "/request/analysis", "did you mean analyses?"),
        ({"sampling": {"evry_ms": 400}}, "/request/sampling/evry_ms", "did you mean every_ms?"),
        ({"every_ms": 400}, "/request/every_ms", "but of another one in the request"),
        ({"horoscope": True}, "/request/horoscope", "is no field here"),
    ],
)
def test_a_field_that_is_none_is_told_with_the_one_that_may_be_meant(house, part, pointer, said):
    (error, *_) = house.send(part).json()["errors"]

    assert error["pointer"] == pointer
    assert error["detail"].endswith(said)


def test_of_thousands_of_wrong_fields_a_hundred_are_told(house):
    request = b"{" + b",".join(b'"sampl%d":0' % number for number in range(4000)) + b"}"

    answer = house.send_raw(request, "application/json")

    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == MOST_TOLD
