"""`verify RECEIPT`: says in plain words whether a receipt is genuine, and what it proves."""

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import httpx
from rich.console import Console
from rich.text import Text

from assessment.receipts import Kind
from launch.faults import NotChecked
from launch.receipt_check import Genuine, check, check_result, keys_of

EXIT_CODES: Final = """exit codes:
  0    verified: mien signed exactly this
  1    not verified: changed, of an unknown key, or not the receipt of that result
  2    not checked: a file cannot be read, the keys cannot be had, or wrong usage

Without --keys, the keys come from the service under --url. For checks that must not trust the
service of today, keep the answer of /.well-known/mien-receipt-keys.json and give it with --keys."""
KEYS_PATH: Final = "/.well-known/mien-receipt-keys.json"
TIMEOUT_S: Final = 20.0


def add_verify(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    one = commands.add_parser(
        "verify",
        help="check a receipt, offline with --keys",
        description="Checks who signed a receipt, and that nothing in it was changed.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    one.add_argument("receipt", type=Path, help="the receipt, as it was answered")
    source = one.add_mutually_exclusive_group()
    source.add_argument("--keys", type=Path, help="saved keys; then nothing is asked of a service")
    source.add_argument("--url", default="http://127.0.0.1:8080", help="address of the service")
    one.add_argument("--result", type=Path, help="a saved result, or assessment, to compare")


def run_verify(
    _project: Path, arguments: argparse.Namespace, console: Console, _caller: Mapping[str, str]
) -> None:
    """Check the receipt and say what it proves; raises `NotVerified` or `NotChecked`."""
    content = _read(arguments.receipt)
    keys = keys_of(_read(arguments.keys) if arguments.keys else _fetched(arguments.url))
    genuine = check(content, keys)
    if arguments.result:
        check_result(genuine, _read(arguments.result))
    source = arguments.keys or arguments.url
    lines = ["Verified: this was signed as it is.", *_lines(genuine, f"{source}")]
    if genuine.receipt["kind"] == Kind.ASSESSMENT:
        compared = f"is that of {arguments.result}" if arguments.result else "not compared"
        lines.append(f"  result     {compared} (sha256 {genuine.receipt['result_sha256']})")
    console.print(Text("\n".join(lines)), soft_wrap=True)


def _lines(genuine: Genuine, source: str) -> Iterator[str]:
    receipt, signed_by = genuine.receipt, genuine.signed_by
    if receipt["sandbox"]:
        yield "SANDBOX: a test key sent it; nothing was measured."
    yield f"  signed by  key {signed_by.key.id} of {source}"
    yield f"  its time   from {signed_by.key.signs_from.isoformat()} to {_end(genuine)}"
    yield from _of_an_assessment(receipt) if "outcome" in receipt else _of_a_deletion(receipt)


def _end(genuine: Genuine) -> str:
    until = genuine.signed_by.signs_until
    return until.isoformat() if until else "now"


def _of_an_assessment(receipt: Mapping[str, Any]) -> Iterator[str]:
    yield f"  assessment {receipt['assessment_id']}, ended {receipt['ended_at']}"
    yield f"  outcome    {receipt['outcome']}"
    for one in receipt["withheld"]:
        by = f" by {one['model']}" if one["model"] else ""
        yield f"  withheld   {one['analysis']}{by}: {one['code']}"
    yield f"  recording  sha256 {receipt['video_sha256'] or 'not fetched'}"
    yield f"  settings   sha256 {receipt['settings_sha256']}"
    for one in receipt["models"]:
        yield f"  network    {one['name']} {one['version']} (sha256 {one['sha256']})"
    yield f"  software   {receipt['software']}"


def _of_a_deletion(receipt: Mapping[str, Any]) -> Iterator[str]:
    what = "all of" if receipt["kind"] == Kind.DELETION else "the feedback on"
    yield f"  deletion   of {what} {receipt['id']}, at {receipt['deleted_at']}"
    for one in receipt["erased"]:
        yield f"  erased     {one['class']}, {one['at'] or 'at a time that nobody noted'}"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotChecked(f"cannot read {path}: {error.strerror}") from error


def _fetched(url: str) -> bytes:
    try:
        answer = httpx.get(url.rstrip("/") + KEYS_PATH, timeout=TIMEOUT_S).raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:  # Names that no host has.
        raise NotChecked(
            f"{url} does not give its keys: {error or type(error).__name__}"
        ) from error
    return answer.content
