"""`receipts list | rotate`: an operator's way to the keys that sign receipts."""

import argparse
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from adapters.receipt_keys import FolderReceiptKeys
from assessment.faults import Misconfigured, StorageFull
from assessment.receipts import NOTICE_S, PublishedKey
from launch.faults import LaunchFault

LONGEST_NOTICE_S: Final = 30 * 86_400


def add_receipts(commands: Any) -> None:
    """Add `receipts` and its two words to the command line."""
    receipts = commands.add_parser(
        "receipts",
        help="list and rotate the keys that sign receipts",
        description="Works on the data folder; a running service needs no restart.",
    )
    words = receipts.add_subparsers(dest="word", required=True)
    _common(words.add_parser("list", help="list the keys and their times"))
    rotate = words.add_parser("rotate", help="make a key that takes over a while later")
    rotate.add_argument(
        "--in-s",
        type=_notice,
        default=NOTICE_S,
        help="seconds until it signs; until then it is published only (600)",
    )
    _common(rotate)


def _common(word: argparse.ArgumentParser) -> None:
    word.add_argument("--data", type=Path, default=Path("data"), help="data folder (./data)")


def _notice(text: str) -> int:
    seconds = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1
    if not 0 <= seconds <= LONGEST_NOTICE_S:
        raise argparse.ArgumentTypeError(f"a whole number from 0 to {LONGEST_NOTICE_S}")
    return seconds


def run_receipts(
    _project: Path, arguments: argparse.Namespace, console: Console, caller: Mapping[str, str]
) -> None:
    """Do what was asked of the keys."""
    if not arguments.data.is_dir():
        raise LaunchFault(f"there is no data folder {arguments.data}: give one with --data")
    given = caller.get("MIEN_RECEIPT_KEY")
    keys = FolderReceiptKeys(arguments.data, _now, Path(given) if given else None)
    try:
        if arguments.word == "rotate":
            _rotate(keys, arguments.in_s, console)
        else:
            _print("\n".join(_line(one) for one in keys.published()), console)
    except (Misconfigured, StorageFull) as fault:
        raise LaunchFault(str(fault) or fault.advice) from fault
    except OSError as error:
        raise LaunchFault(f"cannot keep keys in {error.filename}: {error.strerror}") from error


def _rotate(keys: FolderReceiptKeys, in_s: int, console: Console) -> None:
    made = keys.rotate(signs_from=_now() + timedelta(seconds=in_s))
    _print(made.id, console)
    Console(stderr=True).print(
        Text(f"It signs what ends from {_second(made.signs_from)} on. Older keys stay published."),
        soft_wrap=True,
    )


def _line(published: PublishedKey) -> str:
    begin, end = published.key.signs_from, published.signs_until
    return f"{published.key.id}  from {_second(begin)}  to {_second(end) if end else 'further on'}"


def _second(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}Z"


def _print(text: str, console: Console) -> None:
    console.print(Text(text), soft_wrap=True)


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  a command has no other clock
