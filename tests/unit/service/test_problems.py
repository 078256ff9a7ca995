"""The table of problems, and problems that the framework or a bug would have answered."""

import json

import pytest

from assessment.faults import Fault, Invalid
from assessment.recording_faults import NotAVideo
from service.faults import InvalidFields
from service.problems import problem
from service.statuses import BY_CODE, STATUS


def tree(kind: type[Fault]) -> set[type[Fault]]:
    """Return every fault below, that has a code."""
    below = {kind for sub in kind.__subclasses__() for kind in tree(sub)}
    return below | ({kind} if hasattr(kind, "code") else set())


def of_the_api(faults: set[type[Fault]]) -> set[type[Fault]]:
    """Leave out faults of programs that only call the API."""
    return {one for one in faults if one.__module__.split(".")[0] in ("assessment", "service")}


def test_every_fault_has_a_status():
    assert set(STATUS) == of_the_api(tree(Fault))


def test_a_code_is_shared_only_by_a_fault_and_its_kinds():
    for one in STATUS:
        assert issubclass(one, BY_CODE[one.code])


def test_a_fault_becomes_a_problem_document():
    answer = problem(NotAVideo("text of a library"), "req_1")

    assert json.loads(bytes(answer.body)) == {
        "type": "/problems/not_a_video",
        "title": "Not a video",
        "status": 415,
        "detail": NotAVideo.advice,
        "code": "not_a_video",
        "request_id": "req_1",
    }


def test_several_broken_rules_become_one_problem():
    fault = InvalidFields([Invalid("is red", pointer="/a"), Invalid("is blue", pointer="/b")])

    errors = json.loads(bytes(problem(fault, "req_1").body))["errors"]

    assert errors == [{"pointer": "/a", "detail": "is red"}, {"pointer": "/b", "detail": "is blue"}]


def test_text_beyond_unicode_does_not_break_an_answer():
    body = bytes(problem(Invalid("\ud800", pointer="/é"), "req_1").body)

    assert body.isascii()


@pytest.mark.parametrize(
    ("method", "path", "status", "code", "allow"),
    [
        ("GET", "/v1/assessments/", 404, "not_found", None),
        ("GET", "/v2/assessments", 404, "not_found", None),
        ("GET", "/docs", 404, "not_found", None),
        ("PUT", "/v1/assessments", 405, "method_not_allowed", "GET, POST"),
        ("PUT", "/v1/assessments/asm_1", 405, "method_not_allowed", "DELETE, GET"),
        ("GET", "/v1/assessments/batch", 405, "method_not_allowed", "POST"),
        ("DELETE", "/v1/assessments/batch", 405, "method_not_allowed", "POST"),
        ("POST", "/v1/assessments/asm_1/report", 405, "method_not_allowed", "GET"),
        ("TRACE", "/v1/models", 405, "method_not_allowed", "GET"),
        ("OPTIONS", "/v1/models", 405, "method_not_allowed", "GET"),
    ],
)
def test_unknown_paths_and_methods_are_problems(house, method, path, status, code, allow):
    answer = house.ask(method, path)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers.get("allow") == allow


def test_a_bug_tells_the_log_and_not_the_caller(house, caplog):
    def break_down(*_) -> None:
        raise ZeroDivisionError("CANARY")

    caplog.set_level("INFO", "service.access")
    house.records.get = break_down
    answer = house.ask("GET", "/v1/assessments/asm_" + "0" * 32)

    body = answer.json()
    assert (answer.status_code, body["code"]) == (500, "internal_error")
    assert "CANARY" not in answer.text
    assert answer.headers["x-request-id"] == body["request_id"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "status=500" in caplog.text
