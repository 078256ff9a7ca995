"""The sandbox knows all that the code can say; what it does not know, it must learn."""

import ast
from pathlib import Path

import pytest

from assessment.faults import CallbackNotAllowed, Fault, Gone, NotFound, Rejected
from assessment.sandbox import (
    Fate,
    Reason,
    ending_faults,
    misspelt,
    raised,
    references,
    sandbox_answer,
    script_of,
)

PROJECT = Path(__file__).resolve().parents[3]


def calls(tree: ast.AST, name: str) -> list[ast.Call]:
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [
        one
        for one in found
        if (isinstance(one.func, ast.Name) and one.func.id == name)
        or (isinstance(one.func, ast.Attribute) and one.func.attr == name)
    ]


def test_every_reason_that_withholds_is_one_of_the_sandbox() -> None:
    written = {
        node.value
        for module in (PROJECT / "assessment").glob("*.py")
        for call in calls(ast.parse(module.read_text()), "Withheld")
        for node in ast.walk(call.args[1])
        if isinstance(node, ast.Constant)
    }

    assert written == set(Reason)


def kinds(fault: type[Fault]) -> set[type[Fault]]:
    return {fault, *(kind for heir in fault.__subclasses__() for kind in kinds(heir))}


FETCHING = (PROJECT / "adapters" / "fetch.py", PROJECT / "adapters" / "staged_file.py")
TAKEN_AWAY = {Gone, NotFound, CallbackNotAllowed}
"""What a worker may meet without the assessment's end."""


def test_every_fault_that_workers_raise_about_a_recording_is_one_of_the_sandbox() -> None:
    modules = [*(PROJECT / "worker").glob("*.py"), *FETCHING]
    lines = [
        node.exc
        for module in modules
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Raise) and node.exc is not None
    ]
    names = {node.id for line in lines for node in ast.walk(line) if isinstance(node, ast.Name)}

    refused = {
        fault.code
        for fault in kinds(Fault)
        if fault.__name__ in names and issubclass(fault, Rejected) and fault not in TAKEN_AWAY
    }
    assert {"undecodable", "source_not_fetched", "not_a_video"} <= refused
    assert refused <= set(ending_faults())


@pytest.mark.parametrize(("code", "fault"), ending_faults().items())
def test_every_ending_fault_can_be_asked_for(code: str, fault: type[Fault]) -> None:
    script = script_of(f"sandbox/failed/{code}")

    assert script.fault is fault or (script.fate is Fate.CRASH and code == "worker_crashed")
    assert script.fate is Fate.CRASH or type(raised(fault)) is fault


@pytest.mark.parametrize("reference", [None, "", "visit 12", "sandbox", "Sandbox/never"])
def test_any_other_reference_is_reported(reference: str | None) -> None:
    assert script_of(reference).fate is Fate.REPORTED
    assert not misspelt(reference)


@pytest.mark.parametrize("reference", ["sandbox/", "sandbox/failed/x", "sandbox/withheld/"])
def test_a_misspelt_reference_is_known_as_such(reference: str) -> None:
    assert misspelt(reference)


def test_one_reference_makes_callbacks_fail() -> None:
    answers = {one: sandbox_answer(one) for one in [*references(), "visit 12", ""]}

    assert {one: said for one, said in answers.items() if said} == {"sandbox/webhook-fails": 500}
