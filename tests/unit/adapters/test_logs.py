"""Lines of JSON and of text: ids in, words out."""

import json
import logging
from collections.abc import Iterator

import pytest

from adapters import logs
from adapters.log_context import bound


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def break_with_words() -> None:
    try:
        {}["CANARY"]
    except KeyError as error:
        raise ValueError("CANARY 4711") from error


def test_a_line_of_json_has_the_ids_of_what_it_is_for(capsys):
    logs.configure("json")

    with bound(request_id="req_1", assessment_id="", trace_id="ab"), bound(assessment_id="asm_1"):
        logging.getLogger("worker.runner").info("claimed, attempt %d", 2)

    (line,) = lines(capsys)
    told = json.loads(line)
    assert told.pop("timestamp").endswith("Z")
    assert told == {
        "event": "claimed, attempt 2",
        "level": "info",
        "logger": "worker.runner",
        "request_id": "req_1",
        "assessment_id": "asm_1",
        "trace_id": "ab",
    }


def test_outside_of_a_request_there_are_no_ids(capsys):
    logs.configure("json")

    logging.getLogger("x").warning("on its own")

    assert not set(json.loads(lines(capsys)[0])) & set(logs.IDS)


@pytest.mark.parametrize("how", ["json", "text"])
def test_an_exception_is_told_by_type_and_place_without_its_words(how, capsys):
    logs.configure(how)

    try:
        break_with_words()
    except ValueError:
        logging.getLogger("worker.runner").exception("assessment asm_1 broke")

    told = "\n".join(lines(capsys))
    assert "CANARY" not in told
    assert "ValueError" in told
    assert "KeyError" in told
    assert "break_with_words" in told


@pytest.mark.timeout(20)
def test_exceptions_that_name_each_other_are_told_once():
    first, second = OSError("CANARY"), ValueError("CANARY")
    first.__cause__, second.__cause__ = second, first

    assert logs.without_words((OSError, first, None)).split() == ["OSError", "ValueError"]


def test_a_line_of_json_is_one_line_whatever_is_in_it(capsys):
    logs.configure("json")

    try:
        break_with_words()
    except ValueError:
        logging.getLogger("x").exception("two\nlines")

    assert len(lines(capsys)) == 1


def test_text_ends_with_the_ids(capsys):
    logs.configure("text")

    with bound(request_id="req_1"):
        logging.getLogger("x").info("accepted", extra={"assessment_id": "asm_1"})

    assert lines(capsys)[0].endswith(" INFO x accepted request_id=req_1 assessment_id=asm_1")


def test_uvicorns_own_lines_are_json_too(capsys):
    logger = logging.getLogger("uvicorn.error")
    logger.addHandler(logging.StreamHandler())
    logger.propagate = False
    logger.setLevel("INFO")  # servers of other tests may have set it

    logs.configure("json")
    logger.info("Application startup complete.")

    (line,) = lines(capsys)
    assert json.loads(line)["event"] == "Application startup complete."


def test_text_that_names_an_id_itself_names_it_once(capsys):
    logs.configure("text")

    with bound(request_id="req_1"):
        logging.getLogger("x").info("status=200 request_id=%s", "req_1")

    assert lines(capsys)[0].endswith(" INFO x status=200 request_id=req_1")
