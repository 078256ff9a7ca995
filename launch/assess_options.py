"""The arguments of `mien assess`."""

import argparse
import json
from pathlib import Path
from typing import Any, Final, cast

from launch.sending import Order, Way, new_idempotency_key

EXIT_CODES: Final = """exit codes:
  0    reported, or left to itself with --detach
  1    a fault: refused, failed, expired, canceled by others, or no answer
  2    wrong usage
  3    withheld: it succeeded, and says why there are no numbers
  4    not finished within --wait; it goes on, and its id was printed
  130  Ctrl-C: canceled on the service

A recording of more than 16 MB is sent in pieces and goes on where a bad line cut it.
The file's name stays here. With --json and --detach, progress goes to standard error."""


def add_assess(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    one = commands.add_parser(
        "assess",
        help="assess one recording on a running service",
        description="Sends a recording, shows how far it is, and prints what was found.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    one.add_argument("video", type=Path, help="the recording")
    one.add_argument("--url", default="http://127.0.0.1:8080", help="address of the service")
    one.add_argument("--key", help="API key; by default MIEN_API_KEY")
    one.add_argument("--out", type=Path, help="folder for all that there is of it")
    _add_request(one)
    _add_manner(one)


def _add_request(one: argparse.ArgumentParser) -> None:
    asked = one.add_argument_group("what is asked")
    asked.add_argument("--model", type=_names, help="networks, with commas between them")
    asked.add_argument("--analyses", type=_names, help="severity,expression,micro_expressions")
    asked.add_argument("--reference", help="your own name for it; it comes back in every answer")
    asked.add_argument("--deadline", type=_whole, metavar="SECONDS", help="expire after that long")
    asked.add_argument(
        "--request",
        type=_object,
        metavar="FILE",
        default={},
        help="JSON of whatever else is asked, as the API takes it: consent, context, sampling, …",
    )


def _add_manner(one: argparse.ArgumentParser) -> None:
    manner = one.add_argument_group("how")
    manner.add_argument(
        "--upload", type=Way, choices=tuple(Way), default=Way.AUTO, help="auto by default"
    )
    manner.add_argument(
        "--idempotency-key",
        type=_key,
        metavar="KEY",
        help="the same key gives the same assessment; by default a new one",
    )
    until = manner.add_mutually_exclusive_group()
    until.add_argument("--wait", type=_whole, metavar="SECONDS", help="follow it no longer")
    until.add_argument("--detach", action="store_true", help="print its id and do not follow it")
    manner.add_argument("--json", action="store_true", help="print the assessment as JSON")


def _key(text: str) -> str:
    if not (text.isascii() and text.isprintable() and text):
        raise argparse.ArgumentTypeError("printable ASCII only, as a header carries it")
    return text


def _names(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    if not all(names):
        raise argparse.ArgumentTypeError("names are separated by single commas")
    return names


def _whole(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text} is no whole number of seconds above 0")
    return int(text)


def _object(file: str) -> dict[str, Any]:
    try:
        content: object = json.loads(Path(file).read_text())
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{file} cannot be read as JSON: {error}") from error
    if not isinstance(content, dict):
        raise argparse.ArgumentTypeError(f"{file} holds no JSON object")
    return cast("dict[str, Any]", content)


def order_of(arguments: argparse.Namespace) -> Order:
    """Return what the arguments ask for."""
    asked: dict[str, Any] = {
        "model": arguments.model,
        "analyses": arguments.analyses,
        "reference": arguments.reference,
        "deadline_s": arguments.deadline,
    }
    return Order(
        video=arguments.video,
        request=arguments.request | {name: one for name, one in asked.items() if one is not None},
        way=arguments.upload,
        idempotency_key=arguments.idempotency_key or new_idempotency_key(),
    )
