"""Every way to name a forbidden address, and a name that changes its mind: who is connected to?

    python -m tests.hostile_addresses --rebinds 200

Webhooks and fetched sources are sent to each address of `tests.spellings`, directly and by
redirect, in an internet of their own where every address leads to a canary. Exit status 0 means
that no forbidden address saw a connection; 77 that this machine allows no namespaces.
"""

import argparse
import socket
import ssl
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote

from adapters.egress import Egress
from adapters.fetch import Fetch
from assessment.addresses import check_callback_url, check_source_url, public
from assessment.deliveries import Unreachable
from assessment.faults import CallbackNotAllowed, Fault, SourceNotAllowed
from assessment.recording_faults import SourceNotFetched
from tests import internet
from tests.name_server import NameServer
from tests.spellings import LITERALS, NAMES

PUBLIC: Final = "93.184.216.34"
INSIDE: Final = "127.0.0.1"
HOST, REBINDING = "public.example.org", "rebind.example.org"
NOT_MEASURED: Final = 77
CONTROL_TRIES: Final = 100
MP4: Final = b"\x00\x00\x00\x18ftypisom" + bytes(300)
DIRECT: Final = (*LITERALS, *(f"https://{name}/" for name in NAMES))
LENGTH: Final = b"Connection: close\r\nContent-Length: "
Way = Callable[[str], object]


@dataclass(slots=True)
class Names:
    """Who points where; the rebinding name points outside and inside by turns."""

    turns: int = 0

    def __call__(self, name: str, version: int) -> Sequence[str]:
        """Return the addresses of a name."""
        if name == HOST:
            found: Sequence[str] = (PUBLIC,)
        elif name == REBINDING and version == 4:
            self.turns += 1
            found = (PUBLIC,) if self.turns % 2 else (INSIDE,)
        else:
            found = NAMES.get(name, ())
        return [one for one in found if (":" in one) == (version == 6)]


@dataclass(slots=True)
class Count:
    """What came of the tries of one way out."""

    tries: int = 0
    refused: int = 0
    failed: int = 0
    reached: int = 0
    others: list[str] = field(default_factory=list[str])

    def note(self, way: Way, url: str) -> None:
        """Try an address."""
        self.tries += 1
        try:
            way(url)
            self.reached += 1
        except (CallbackNotAllowed, SourceNotAllowed):
            self.refused += 1
        except (SourceNotFetched, Unreachable):
            self.failed += 1
        except (Fault, ValueError, OSError, LookupError) as error:
            self.others.append(f"{url!r}: {error!r}")

    def line(self, name: str) -> str:
        """Return the counts as one line."""
        told = f"{self.tries:4} tries, {self.refused:4} refused, {self.failed:4} failed"
        return f"{name:28} {told}, {self.reached:4} reached the public one, {len(self.others)} odd"


def answer(path: str) -> bytes:
    """Redirect to the spelling that the path has a number of; else give a recording."""
    if path.startswith("/to/"):
        target = DIRECT[int(path.removeprefix("/to/"))].replace("\r\n", "%0d%0a")
        location = target.encode()
        return b"HTTP/1.1 302 Found\r\nLocation: %b\r\n%b0\r\n\r\n" % (location, LENGTH)
    return b"HTTP/1.1 200 OK\r\n%b%d\r\n\r\n%b" % (LENGTH, len(MP4), MP4)


def ways(trust: ssl.SSLContext, staging: Path, *, allow_loopback: bool) -> dict[str, Way]:
    """Return the ways out of the project: its own code, not one line of it replaced."""
    egress = Egress(allow_loopback=allow_loopback, tls=trust)
    fetch = Fetch(
        staging=staging,
        limit_bytes=10_000,
        free_min_bytes=0,
        allow_loopback=allow_loopback,
        total_s=10.0,
        pauses_s=(),
        tls=trust,
    )

    def webhook(url: str) -> None:
        egress.post(url, b"{}", {})

    def source(url: str) -> None:
        fetch(url, threading.Event()).path.unlink()

    return {"webhook": webhook, "source": source}


def named() -> dict[str, Count]:
    """Return how many literals are refused as soon as they are named."""
    counts = {"named as a webhook": Count(), "named as a source": Count()}
    checks = zip(counts.values(), (check_callback_url, check_source_url), strict=True)
    for count, check in checks:
        for url in LITERALS:
            count.note(lambda one, check=check: check(one, allow_loopback=False), url)
    return counts


def tried(way: Way, rebinds: int) -> dict[str, Count]:
    """Return what comes of all addresses, of redirects to them, and of the rebinding name."""
    counts = {"direct": Count(), "redirected": Count(), "rebinding": Count()}
    for number, url in enumerate(DIRECT):
        counts["direct"].note(way, url)
        counts["redirected"].note(way, f"https://{HOST}/to/{number}")
    for _ in range(rebinds):
        counts["rebinding"].note(way, f"https://{REBINDING}/{quote('visit.mp4')}")
    return counts


def careless(tries: int) -> None:
    """Be the negative control: check the name, then connect to the name, as guards often do."""
    for _ in range(tries):
        found = socket.getaddrinfo(REBINDING, 443, type=socket.SOCK_STREAM)
        if all(public(str(one[4][0])) for one in found):
            socket.create_connection((REBINDING, 443), timeout=5).close()


def measured(
    canary: internet.Canary, trust: ssl.SSLContext, folder: Path, rebinds: int, *, embedded: bool
) -> tuple[dict[str, Count], int]:
    """Return what came of every try in one mode, and the connections that must not be."""
    counts: dict[str, Count] = {} if embedded else named()
    for name, way in ways(trust, folder, allow_loopback=embedded).items():
        counts |= {f"{name} {how}": one for how, one in tried(way, rebinds).items()}
    allowed = {PUBLIC, INSIDE, "::1"} if embedded else {PUBLIC}
    elsewhere = canary.elsewhere(allowed)
    canary.seen.clear()
    return counts, elsewhere.total()


def measure(rebinds: int, folder: Path, say: Callable[[str], object] = print) -> bool:
    """Try everything and tell the counts; return whether they are as promised."""
    server, trust = internet.certificate((HOST, REBINDING, *NAMES), folder)
    canary = internet.Canary(frozenset({PUBLIC}), server, answer)
    canary.start()
    NameServer(Names()).start()
    held = True
    for mode, embedded in (("served", False), ("embedded", True)):
        counts, forbidden = measured(canary, trust, folder, rebinds, embedded=embedded)
        for name, count in counts.items():
            say(f"{mode:9} {count.line(name)}")
            for one in count.others:
                say(f"odd: {one}")
        say(f"{mode:9} connections to forbidden addresses: {forbidden}")
        at_once = all(one.refused == one.tries for name, one in counts.items() if "named" in name)
        held = held and at_once and not forbidden and not any(one.others for one in counts.values())
    careless(CONTROL_TRIES)
    caught = canary.elsewhere({PUBLIC}).total()
    say(f"a guard that asks twice, {CONTROL_TRIES} tries: {caught} connections to forbidden ones")
    say("every promise held" if held and caught else "BROKEN")
    return held and caught > 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure in namespaces of its own; 0 when every promise held."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile_addresses", description=__doc__)
    parser.add_argument("--rebinds", type=int, default=200, help="tries of the rebinding name")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if not options.inside:
        if not internet.possible():
            return NOT_MEASURED
        return internet.again_inside(
            "tests.hostile_addresses", "--inside", "--rebinds", str(options.rebinds)
        )
    internet.enter()
    with tempfile.TemporaryDirectory(prefix="mien-addresses-") as folder:
        return 0 if measure(options.rebinds, Path(folder)) else 1


if __name__ == "__main__":
    sys.exit(main())
