"""Headers, request ids and the access log."""

import pytest

ASKED = [
    ("GET", "/livez", 200),
    ("GET", "/readyz", 503),
    ("GET", "/metrics", 200),
    ("GET", "/openapi.json", 200),
    ("GET", "/v1/models", 200),
    ("GET", "/nowhere", 404),
    ("POST", "/v1/assessments", 415),
]


@pytest.mark.parametrize(("method", "path", "status"), ASKED)
def test_every_answer_has_the_headers(house, method, path, status):
    answer = house.ask(method, path)

    assert answer.status_code == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-request-id"].startswith("req_")
    assert "server" not in answer.headers
    assert "access-control-allow-origin" not in answer.headers


def test_the_report_and_only_the_report_may_style_itself(house):
    assessment = house.succeeded()

    policy = house.ask("GET", f"/v1/assessments/{assessment.id}/report").headers[
        "content-security-policy"
    ]

    assert "style-src 'unsafe-inline'" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("given", ["abc-123", "0b8f3c52-54a4-4d0c-a7a1-3a6d1f2b9c11", "A.b_9"])
def test_a_plain_request_id_comes_back(house, given):
    answer = house.ask("GET", "/nowhere", headers={"x-request-id": given})

    assert answer.headers["x-request-id"] == answer.json()["request_id"] == given


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "<script>", "a\tb"])
def test_another_request_id_is_replaced(house, given):
    answer = house.ask("GET", "/livez", headers={"x-request-id": given})

    assert answer.headers["x-request-id"].startswith("req_")


def test_the_log_has_the_template_and_nothing_of_the_caller(house, caplog):
    caplog.set_level("INFO")
    assessment = house.accepted({"reference": "CANARY", "metadata": {"CANARY": "CANARY"}})
    headers = {"x-request-id": "CANARY", "user-agent": "CANARY"}

    house.ask("GET", f"/v1/assessments/{assessment.id}?name=CANARY", headers=headers)
    house.ask("GET", "/CANARY")
    house.send(video=b"CANARY")

    assert "method=GET route=/v1/assessments/{id} status=200" in caplog.text
    assert "method=GET route=unmatched status=404" in caplog.text
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("service")]
    assert "CANARY" not in "".join(ours)
    assert assessment.id not in "".join(ours)


def test_metrics_count_by_template(house):
    assessment = house.accepted()
    house.ask("GET", f"/v1/assessments/{assessment.id}")
    house.ask("BREW", "/coffee")

    text = house.ask("GET", "/metrics").text

    assert (
        'mien_http_requests_total{method="GET",route="/v1/assessments/{id}",status="200"} 1.0'
        in text
    )
    assert 'method="other",route="unmatched",status="404"' in text
    assert 'mien_assessments{status="queued"} 1.0' in text
    assert "mien_store_up 1.0" in text
    assert assessment.id not in text
    assert "coffee" not in text
