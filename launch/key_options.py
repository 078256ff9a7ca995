"""The words of `keys`: what an operator can ask about keys."""

import argparse
import re
from pathlib import Path
from typing import Any, Final

from assessment.access import Scope
from assessment.assessment import Tenant

TENANT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
LONGEST_NAME: Final = 64
DAY_S: Final = 86_400
LONGEST_OVERLAP_S: Final = 30 * DAY_S
LONGEST_LIFE_DAYS: Final = 3650


def add_keys(commands: Any) -> None:
    """Add `keys` and its four words to the command line."""
    keys = commands.add_parser(
        "keys",
        help="create, list, rotate and revoke API keys",
        description="Works on the Redis of a stack, without its API, as its operator.",
    )
    words = keys.add_subparsers(dest="word", required=True)
    _add_create(words)
    _common(words.add_parser("list", help="list a tenant's keys"))
    rotate = words.add_parser("rotate", help="make a key like this one, which ends a while later")
    rotate.add_argument("id", help="the key's id, as `keys list` shows it")
    rotate.add_argument(
        "--overlap-s", type=_overlap, default=DAY_S, help="seconds it still works (86400)"
    )
    _common(rotate)
    revoke = words.add_parser("revoke", help="let nobody in with a key any more, at once")
    revoke.add_argument("id", help="the key's id, as `keys list` shows it")
    _common(revoke)


def _add_create(words: Any) -> None:
    create = words.add_parser(
        "create", help="make a key; standard output is the key alone, shown this once"
    )
    create.add_argument("--test", action="store_true", help="a test key, for the sandbox")
    create.add_argument(
        "--scope",
        action="append",
        type=Scope,
        choices=list(Scope),
        help="what it allows; may be given several times (create and read)",
    )
    create.add_argument("--name", type=_name, default="operator", help="your name for it")
    create.add_argument("--expires-in-days", type=_days, help="when it expires; never without this")
    _common(create)


def _common(word: argparse.ArgumentParser) -> None:
    word.add_argument("--tenant", type=tenant_name, default=Tenant("default"), help="(default)")
    where = word.add_mutually_exclusive_group()
    where.add_argument("--data", type=Path, help="data folder of a running stack (./data)")
    where.add_argument("--redis-url", help="any Redis; by default MIEN_REDIS_URL, then --data")


def tenant_name(text: str) -> Tenant:
    """Return the tenant of that name; a sandbox has none of its own here."""
    if not TENANT.fullmatch(text):
        raise argparse.ArgumentTypeError(
            "letters, digits, dots, dashes and underscores, at most 64"
        )
    return Tenant(text)


def _name(text: str) -> str:
    if not (text.isprintable() and 0 < len(text) <= LONGEST_NAME):
        raise argparse.ArgumentTypeError("1 to 64 printable characters")
    return text


def _overlap(text: str) -> int:
    return _between(text, 0, LONGEST_OVERLAP_S)


def _days(text: str) -> int:
    return _between(text, 1, LONGEST_LIFE_DAYS)


def _between(text: str, least: int, most: int) -> int:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(f"a whole number from {least} to {most}")
    return number
