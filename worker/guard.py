"""Lets a process score only with networks that are what was measured, and says why when not.

look ─┬─ Triton is out of reach ─────────────────▶ closed
      ├─ a network was loaded, or it is time ─▶ examine ─┬─ fit ─▶ open
      └─ nothing new ─▶ as before                        └─ not ─▶ closed, with the reason
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from math import inf
from threading import Event
from typing import Final, Protocol

from assessment.faults import Fault, Misconfigured, ModelContract
from assessment.fitness import Unfit
from assessment.repository import Repository

log = logging.getLogger(__name__)

UNFIT_AGAIN_S: Final = 60.0
"""When to examine a network again that was not fit; what it takes is a second or two."""
AGAIN_S: Final = 10.0
"""When to look again after something that most often takes a person to mend."""

Examine = Callable[[str, str], Unfit | None]
"""Takes a network and Triton's name of its platform; returns why it is not fit, or None."""


@dataclass(frozen=True, slots=True)
class Load:
    """What Triton says of a network that it has loaded.

    `scored` counts its rows since then, so it falls when the network is loaded anew.
    """

    engine: str
    versions: tuple[str, ...]
    scored: int

    def is_after(self, earlier: "Load") -> bool:
        """Say whether the network was loaded anew, or a version of it was, since then."""
        same = (self.engine, self.versions) == (earlier.engine, earlier.versions)
        return not same or self.scored < earlier.scored


class Served(Protocol):
    """The networks as Triton serves them."""

    def check(self) -> Mapping[str, str]:
        """Return the SHA-256 of each network that is served as its manifest says, or raise."""
        ...

    def load(self, network: str) -> Load:
        """Return what Triton says of a network."""
        ...


@dataclass(frozen=True, slots=True)
class Attendance:
    """What a worker tells the roster: networks that it scores with, and why not with others."""

    models: Mapping[str, str]
    unfit: tuple[Unfit, ...] = ()


@dataclass(slots=True)
class _Examined:
    """The last examination of a network, and the load seen last."""

    at_s: float
    load: Load
    unfit: Unfit | None


class Guard:
    """Watches the networks of one process; `open` is set while assessments may be scored."""

    def __init__(
        self,
        repository: Repository,
        served: Served,
        examine: Examine,
        *,
        every_s: float,
        clock: Callable[[], float],
    ) -> None:
        self.open = Event()
        self._refused = tuple(repository.refused.values())
        self._again_s = -inf
        self._served = served
        self._examine = examine
        self._every_s = every_s
        self._clock = clock
        self._examined: dict[str, _Examined] = {}
        self._said: tuple[Unfit, ...] = ()
        self._reached = True
        for one in self._refused:
            log.error("no assessment is taken: %s", one.said)

    def look(self) -> Attendance:
        """Look at every network, examine what is new, and open or close."""
        if self._refused or self._clock() < self._again_s:
            return Attendance({}, self._refused or self._said)
        with ExitStack() as undo:
            undo.callback(self.open.clear)  # Out of reach or broken, a look has found nothing fit.
            try:
                found = self._present()
            except (ModelContract, Misconfigured) as fault:
                self._again_s = self._clock() + AGAIN_S
                found = Attendance({}, (Unfit("", fault.code, str(fault)),))
            except Fault as fault:
                if self._reached:
                    log.warning("networks are out of reach: %s", fault.code)
                self._reached = False
                return Attendance({})
            undo.pop_all()
        self._reached = True
        self._set(found)
        return found

    def _present(self) -> Attendance:
        models = self._served.check()
        for network in models:
            self._look_at(network, self._served.load(network))
        unfit = tuple(one.unfit for one in self._examined.values() if one.unfit is not None)
        sick = {one.network for one in unfit}
        return Attendance({name: sha for name, sha in models.items() if name not in sick}, unfit)

    def _look_at(self, network: str, load: Load) -> None:
        """Examine the network when it was loaded anew or the last time is long ago."""
        last, now_s = self._examined.get(network), self._clock()
        if last and not load.is_after(last.load) and now_s - last.at_s < self._again_in_s(last):
            last.load = load
            return
        unfit = self._examine(network, load.engine)
        took_s = self._clock() - now_s
        if unfit is None:
            said = "%s scores the golden clip as it did when it was built; told in %.1f s"
            log.info(said, network, took_s)
        self._examined[network] = _Examined(now_s, load, unfit)

    def _again_in_s(self, last: _Examined) -> float:
        """Return when the time has come: soon where somebody may have put something right."""
        return self._every_s if last.unfit is None else min(UNFIT_AGAIN_S, self._every_s)

    def _set(self, found: Attendance) -> None:
        """Open when nothing is unfit; say what is when that is news."""
        if found.unfit:
            self.open.clear()
        else:
            self.open.set()
        for one in found.unfit:
            if one not in self._said:
                log.error("no assessment is taken: %s", one.said)
        self._said = found.unfit
