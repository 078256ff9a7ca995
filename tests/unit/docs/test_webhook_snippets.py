"""The snippets of docs/webhooks.md verify what mien signs, and nothing else."""

import json
import re
import secrets
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from assessment.signing import new_secret, signed_headers

PAGE = Path(__file__).resolve().parents[3] / "docs" / "webhooks.md"
BODY = '{"type":"assessment.succeeded","data":{"id":"asm_1","outcome":"reported"}}'

PYTHON = """
import json, sys
case = json.load(sys.stdin)
verify(case["secret"], case["headers"], case["body"].encode())
"""
NODE = """
import { readFileSync } from "node:fs";
const given = JSON.parse(readFileSync(0, "utf8"));
verify(given.secret, given.headers, Buffer.from(given.body, "utf8"));
"""
JAVA = """
class Main {
    public static void main(String[] a) throws Exception {
        Webhooks.verify(a[0], a[1], a[2], a[3], a[4].getBytes(StandardCharsets.UTF_8));
    }
}
"""


def snippet(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert found is not None
    return found.group(1)


def run_python(case: dict[str, Any], folder: Path) -> int:
    program = folder / "receive.py"
    program.write_text(snippet("python") + PYTHON)
    return run([sys.executable, str(program)], json.dumps(case))


def run_node(case: dict[str, Any], folder: Path) -> int:
    program = folder / "receive.mjs"
    program.write_text(snippet("js") + NODE)
    return run(["node", str(program)], json.dumps(case))


def run_java(case: dict[str, Any], folder: Path) -> int:
    # The class with `main` comes first: that is the one which `java FILE` starts.
    imports, classes = re.split(r"(?=public final class)", snippet("java"))
    program = folder / "Main.java"
    program.write_text(imports + JAVA + classes.replace("public final", "final"))
    headers = case["headers"]
    named = [headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature")]
    return run(["java", str(program), str(case["secret"]), *named, str(case["body"])], "")


def run(command: list[str], given: str) -> int:
    done = subprocess.run(command, input=given.encode(), capture_output=True, timeout=120)
    told = done.stderr.decode()
    assert done.returncode == 0 or "the signature is wrong" in told or "too old" in told, told
    return done.returncode


needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="no Node.js here")
needs_java = pytest.mark.skipif(shutil.which("javac") is None, reason="no JDK here")


@pytest.fixture(
    params=[
        run_python,
        pytest.param(run_node, marks=needs_node),
        pytest.param(run_java, marks=needs_java),
    ]
)
def receive(request: pytest.FixtureRequest):
    return request.param


def a_message(secret: str, age_s: int = 0) -> dict[str, Any]:
    at = int(time.time()) - age_s  # noqa: TID251  the snippets read the real clock
    return {
        "secret": secret,
        "headers": signed_headers("evt_1", at, BODY.encode(), secret),
        "body": BODY,
    }


def test_a_genuine_message_is_accepted(receive, tmp_path: Path) -> None:
    message = a_message(new_secret(secrets.token_bytes(32)))

    assert receive(message, tmp_path) == 0


def test_either_signature_is_enough_while_a_secret_is_rotated(receive, tmp_path: Path) -> None:
    message = a_message(new_secret(secrets.token_bytes(32)))
    other = a_message(new_secret(secrets.token_bytes(32)))
    signatures = [one["headers"]["webhook-signature"] for one in (other, message)]
    message["headers"]["webhook-signature"] = " ".join(signatures)

    assert receive(message, tmp_path) == 0


def test_a_changed_body_is_refused(receive, tmp_path: Path) -> None:
    message = a_message(new_secret(secrets.token_bytes(32)))
    message["body"] = BODY.replace("asm_1", "asm_2")

    assert receive(message, tmp_path) != 0


def test_another_secret_is_refused(receive, tmp_path: Path) -> None:
    message = a_message(new_secret(secrets.token_bytes(32)))
    message["secret"] = new_secret(secrets.token_bytes(32))

    assert receive(message, tmp_path) != 0


def test_an_old_message_is_refused(receive, tmp_path: Path) -> None:
    message = a_message(new_secret(secrets.token_bytes(32)), age_s=600)

    assert receive(message, tmp_path) != 0
