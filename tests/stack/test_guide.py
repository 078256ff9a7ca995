"""The snippets of docs/guide.md, run as an integrator would: on the stack, with a test key."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack.conftest import PROJECT, Stack

pytestmark = pytest.mark.stack

NO_PICTURES = b"\x00\x00\x00\x18ftypisom" + bytes(4096)
"""Enough for the sandbox, which decodes nothing."""
LIMIT_S = 120.0

PYTHON_END = """
assessment = wait(send("visit.mp4", "sandbox/reported")["id"], limit_s=60)
print(assessment["status"], assessment["outcome"])
"""
TYPESCRIPT_END = """
import { readFileSync } from "node:fs";
const created = await send(new Blob([readFileSync("visit.mp4")]), "sandbox/withheld/no_face");
const assessment = await wait(created.id);
console.log(assessment.status, assessment.outcome);
"""


def snippets(language: str) -> list[str]:
    page = (PROJECT / "docs" / "guide.md").read_text()
    found = re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)
    assert found
    return found


@pytest.fixture
def key(stack: Stack) -> Iterator[str]:
    order = {"name": "guide", "environment": "test", "scopes": ["create", "read"]}
    with stack.client() as admin:
        issued = admin.post("/v1/keys", json=order).json()
        yield issued["key"]
        admin.delete(f"/v1/keys/{issued['id']}")


def run(command: list[str], folder: Path) -> str:
    (folder / "visit.mp4").write_bytes(NO_PICTURES)
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LIMIT_S)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_the_python_snippets_send_wait_and_upload(stack: Stack, key: str, tmp_path: Path):
    # given what the page says first, then its snippets as they stand
    program = tmp_path / "integrate.py"
    names = f"MIEN, KEY = {stack.url!r}, {key!r}\n"
    send, wait, *more = snippets("python")
    program.write_text("\n".join([names, send, wait, PYTHON_END, *more]))

    # when
    said = run([sys.executable, str(program)], tmp_path)

    # then
    assert said.split() == ["succeeded", "reported"]


@pytest.mark.slow  # esbuild is fetched from the registry
def test_the_typescript_snippets_send_and_wait(stack: Stack, key: str, tmp_path: Path):
    # given
    npx = shutil.which("npx")
    if npx is None:
        pytest.skip("no Node.js on the PATH")
    program = tmp_path / "integrate.ts"
    names = f"const MIEN = {stack.url!r}, KEY = {key!r};\n"
    program.write_text("\n".join([names, *snippets("ts"), TYPESCRIPT_END]))
    plain = ["--format=esm", "--platform=node", f"--outfile={tmp_path / 'integrate.mjs'}"]

    # when
    run([npx, "--yes", "esbuild@0.25.0", str(program), *plain], tmp_path)
    said = run([shutil.which("node") or "node", "integrate.mjs"], tmp_path)

    # then
    assert said.split() == ["succeeded", "withheld"]
