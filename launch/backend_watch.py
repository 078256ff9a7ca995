"""Sees that Triton lost a backend process, and has the network loaded anew.

    backend processes (/proc) ─▶ fewer than Triton calls ready, twice ─▶ unload, load ─▶ as before
                                                                 └─ refused, thrice ─▶ Triton ends

Triton 2.51 neither starts a backend process again that died, as for want of memory, nor calls its
network unready: every request to it fails until somebody loads it (server#8604). Whoever started
Triton sees it end, and starts it again or says so. Standard library only: containers run this, too.
"""

import json
import re
import signal
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from os import kill
from pathlib import Path
from typing import Any, Final, Protocol

from launch.triton_control import KEY_HEADER

STUB: Final = "triton_python_backend_stub"
PROC: Final = Path("/proc")
DEAD: Final = ("Z", "X")
"""States of a process that ended, of whose end its parent has not been told yet."""
EVERY_S: Final = 1.0
THOROUGH_EVERY: Final = 10
"""So often all processes of the machine are gone through, for networks that were loaded since."""
ASK_LIMIT_S: Final = 5.0
LOAD_LIMIT_S: Final = 300.0
RESTS: Final = (5, 15, 30)
"""Looks that are left out after a load that was refused, the first, the second, the third: a
machine that is short of memory may need so long. After the next one Triton is ended."""
OK: Final = 200

Say = Callable[[str], None]


class ModelControl(Protocol):
    """What a Triton is asked and told; its faults are those of `Control`."""

    def expected(self) -> Counter[str]:
        """Return how many backend processes each network has when all is well."""
        ...

    def load_again(self, network: str) -> None:
        """Have a network loaded anew."""
        ...


class NotLoaded(Exception):
    """Triton did not load a network; the message says why."""


@dataclass(frozen=True, slots=True)
class Control:
    """Triton's model control over HTTP."""

    host: str
    port: int
    key: str = field(repr=False)

    def expected(self) -> Counter[str]:
        """Return how many backend processes each network has when all is well.

        Raises `NotLoaded` when Triton refuses, `OSError` or `HTTPException` when it says nothing.
        """
        found: Counter[str] = Counter()
        for one in self._ask("POST", "/v2/repository/index", {"ready": True}):
            found[one["name"]] += self._instances(one["name"])
        return found

    def load_again(self, network: str) -> None:
        """Have a network unloaded, if it is loaded at all, and loaded; raises as `expected` does.

        Unchanged files alone would not make Triton load them again.
        """
        path = f"/v2/repository/models/{network}"
        with suppress(NotLoaded):
            self._ask("POST", f"{path}/unload", {}, limit_s=LOAD_LIMIT_S)
        self._ask("POST", f"{path}/load", {}, limit_s=LOAD_LIMIT_S)

    def _instances(self, network: str) -> int:
        """Return the instances of one version: each is a process."""
        config = self._ask("GET", f"/v2/models/{network}/config")
        return sum(int(group.get("count", 1)) for group in config["instance_group"])

    def _ask(self, method: str, path: str, body: Any = None, limit_s: float = ASK_LIMIT_S) -> Any:
        connection = HTTPConnection(self.host, self.port, timeout=limit_s)
        try:
            content = None if body is None else json.dumps(body)
            connection.request(method, path, content, {KEY_HEADER: self.key})
            answer = connection.getresponse()
            said = answer.read()
        finally:
            connection.close()
        if answer.status != OK:
            raise NotLoaded(f"{path}: {answer.status} {said[:500].decode('utf-8', 'replace')}")
        return json.loads(said or b"null")


def backends_of(server: int, proc: Path = PROC) -> dict[int, str]:
    """Return the network of each backend process that a Triton has, dead ones left out."""
    found: dict[int, str] = {}
    for folder in proc.glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
            if STUB in words[0] and _parent(folder) == server:
                found[int(folder.name)] = _network(words)
        except OSError:  # It ended meanwhile.
            continue
    return found


def started(process: int, proc: Path = PROC) -> str | None:
    """Return when a process started, in the kernel's ticks, None when there is none."""
    try:
        return (proc / str(process) / "stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return None


def all_run(server: int, known: frozenset[int], proc: Path = PROC) -> bool:
    """Say whether all of these still run, as children of the server: quickly read."""
    try:
        return all(_parent(proc / str(one)) == server for one in known)
    except OSError:
        return False


def _parent(folder: Path) -> int:
    # After the name, which may hold anything, come the state and the parent.
    state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
    return 0 if state in DEAD else int(parent)


def _network(words: list[str]) -> str:
    """Return the network: among the words is its instance, such as hmhn_0_0."""
    named = [match[1] for word in words[1:] if (match := re.fullmatch(r"(\w+?)_\d+_\d+", word))]
    return named[-1] if named else ""


class BackendWatch:
    """Looks after the backend processes of one Triton."""

    def __init__(
        self,
        control: ModelControl,
        say: Say,
        backends: Callable[[int], Mapping[int, str]] = backends_of,
        all_run: Callable[[int, frozenset[int]], bool] = all_run,
    ) -> None:
        self._control = control
        self._say = say
        self._backends = backends
        self._all_run = all_run
        self._settled: frozenset[int] | None = None
        self._suspected: frozenset[str] = frozenset()
        self._had: set[str] = set()
        self._owed: set[str] = set()
        self._refusals = 0
        self._rest = 0
        self._ended: str | None = None
        self._looks = 0

    def look(self, server: int) -> None:
        """Compare what runs with what is called ready; load again what was short before, too.

        A Triton that refuses that several times is told to end.
        """
        self._rest = max(self._rest - 1, 0)
        began = started(server)
        if self._rest or (began and began == self._ended):
            return
        for network in sorted(self._owed or self._lost(server)):
            self._load_again(network)
        # Loads take long: meanwhile it may have ended, and its number be another's.
        if self._refusals > len(RESTS) and began and started(server) == began:
            self._say("Triton is ended: it does not load what it lost")
            self._ended, self._refusals = began, 0
            with suppress(ProcessLookupError):
                kill(server, signal.SIGTERM)

    def _lost(self, server: int) -> frozenset[str]:
        """Return the networks with too few processes, at this look and at the last one."""
        self._looks += 1
        cheap = self._settled and self._looks % THOROUGH_EVERY
        if cheap and self._all_run(server, self._settled or frozenset()):
            return frozenset()
        running = self._backends(server)
        if frozenset(running) == self._settled:
            return frozenset()
        try:
            expected = self._control.expected()
        except (OSError, HTTPException, NotLoaded, ValueError, LookupError):
            return frozenset()  # It starts, ends, or is too busy to say.
        self._had.update(running.values())
        # A network that never had one is scored inside of Triton.
        short = frozenset(expected - Counter(running.values())) & self._had
        self._settled = None if short else frozenset(running)
        lost, self._suspected = short & self._suspected, short
        return lost

    def _load_again(self, network: str) -> None:
        self._say(f"a backend process of {network} died; the network is loaded again")
        self._owed.add(network)
        try:
            self._control.load_again(network)
        except (OSError, HTTPException, NotLoaded, ValueError) as error:
            self._rest = RESTS[min(self._refusals, len(RESTS) - 1)]
            self._refusals += 1
            self._say(f"{network} was not loaded again: {error}")
            return
        self._owed.discard(network)
        self._suspected -= {network}
        self._refusals = 0
        self._say(f"{network} is loaded again")
