"""`keys create | list | rotate | revoke`: an operator's way to the keys, without the API.

Standard output is what a script wants, a new key alone or the list; the rest goes to
standard error.
"""

import argparse
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

from adapters.redis_keys import RedisKeys
from adapters.redis_store import connect
from assessment.access import Issued, KeyId, KeyOrder, Keys, Scope, sandbox_of
from assessment.access_faults import KeyOfSettings, NoSuchKey, TooManyKeys
from assessment.faults import Fault, StoreUnavailable
from launch.data_folder import redis_url_of
from launch.faults import LaunchFault, WrongUsage
from launch.key_options import DAY_S
from launch.key_table import show, table

USUAL_SCOPES: Final = frozenset({Scope.CREATE, Scope.READ})
SAID: Final[Mapping[type[Fault], str]] = {
    NoSuchKey: "the tenant has no key of that id: `keys list` shows those that it has",
    KeyOfSettings: "this key comes from MIEN_API_KEY: change it there and start the stack again",
    TooManyKeys: "the tenant has as many keys as it may have: revoke some first",
}
ADDRESSES: Final = (
    "redis://HOST:PORT, rediss://HOST:PORT or unix://PATH, what is special in a password as %2F"
)
Word = Callable[[Keys, argparse.Namespace, Console], None]


def run_keys(
    _project: Path, arguments: argparse.Namespace, console: Console, caller: Mapping[str, str]
) -> None:
    """Do what was asked of a tenant's keys."""
    with _keys(arguments, caller) as keys:
        WORDS[arguments.word](keys, arguments, console)


def _create(keys: Keys, arguments: argparse.Namespace, console: Console) -> None:
    days = arguments.expires_in_days
    order = KeyOrder(
        tenant=sandbox_of(arguments.tenant) if arguments.test else arguments.tenant,
        name=arguments.name,
        scopes=frozenset(arguments.scope or USUAL_SCOPES),
        expires_in_s=None if days is None else days * DAY_S,
    )
    _hand_over(keys.issue(order), console)


def _rotate(keys: Keys, arguments: argparse.Namespace, console: Console) -> None:
    issued = keys.rotate(arguments.tenant, KeyId(arguments.id), overlap_s=arguments.overlap_s)
    _hand_over(issued, console)
    _say(f"{arguments.id} still works for {arguments.overlap_s} s at most.")


def _revoke(keys: Keys, arguments: argparse.Namespace, _: Console) -> None:
    # An operator may take the last one away: this very command makes the next.
    revoked = keys.revoke(arguments.tenant, KeyId(arguments.id), keep_an_admin=False)
    _say(f"Revoked {revoked.id} ({revoked.name}); it lets nobody in any more.")


def _list(keys: Keys, arguments: argparse.Namespace, console: Console) -> None:
    found = keys.list(arguments.tenant)
    if found:
        show(table(found, _now()), console)
    else:
        _say(f"{arguments.tenant} has no keys; `keys create` makes one.")


WORDS: Final[Mapping[str, Word]] = {
    "create": _create,
    "list": _list,
    "rotate": _rotate,
    "revoke": _revoke,
}


def _hand_over(issued: Issued, console: Console) -> None:
    console.print(Text(issued.secret), soft_wrap=True)
    scopes = ", ".join(sorted(issued.key.scopes))
    _say(f"{issued.key.id} for {issued.key.tenant}: {scopes}. Keep it: it is shown this once.")


@contextmanager
def _keys(arguments: argparse.Namespace, caller: Mapping[str, str]) -> Generator[Keys]:
    """Open the keys that are meant, and tell an operator what went wrong."""
    url, place = _where(arguments, caller)
    try:
        client = connect(url)
    except ValueError:
        # What it says may quote the password, which one with a slash makes look like a port.
        raise WrongUsage(f"{place} is no address of a Redis: {ADDRESSES}") from None
    with client:
        try:
            yield RedisKeys(client, _now)
        except (StoreUnavailable, UnicodeError) as fault:  # The second: a name that no host has.
            raise LaunchFault(f"no Redis answers at {place}: is the stack running?") from fault
        except (NoSuchKey, KeyOfSettings, TooManyKeys) as fault:
            raise LaunchFault(SAID[type(fault)]) from fault


def _where(arguments: argparse.Namespace, caller: Mapping[str, str]) -> tuple[str, str]:
    """Return the address of Redis, and what to call it; an address may hold a password."""
    given = arguments.redis_url or (None if arguments.data else caller.get("MIEN_REDIS_URL"))
    if given:
        return given, "--redis-url" if arguments.redis_url else "MIEN_REDIS_URL"
    data = arguments.data or Path("data")
    url = redis_url_of(data)
    if url is None:
        raise LaunchFault(
            f"no stack has run with the data folder {data}:"
            " start one with `make up`, or give --data or --redis-url"
        )
    return url, f"the stack of {data}"


def _say(text: str) -> None:
    Console(stderr=True).print(Text(text), soft_wrap=True)


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  a command has no other clock
