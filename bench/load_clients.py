"""A caller of the load test: creates, polls, reads, erases, again and again.

    create ─▶ status, as often as told ─▶ ended ─▶ timeline ─▶ result ─▶ every second one: erase

An answer of 429 or 503 with `Retry-After` is a told limit, and is waited for. Any other answer that
is not the one that the route promises counts as an error, as does a line that breaks.
"""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

ENDED: Final = frozenset({"succeeded", "failed", "canceled", "expired"})
LIMITS: Final = frozenset({429, 503})
LONGEST_S: Final = 600.0
"""An assessment that has not ended by then is stuck, and counts as an error."""
PATIENCE: Final = 30
"""Told limits in a row that one request waits for."""


@dataclass(slots=True)
class Tally:
    """What all callers met: milliseconds by route, errors by kind, told limits, ends."""

    taken_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter[str])
    limits: Counter[str] = field(default_factory=Counter[str])
    ended: Counter[str] = field(default_factory=Counter[str])


class Failed(Exception):
    """This round is over: an error was counted."""


@dataclass(slots=True)
class Caller:
    """One of the clients, with a key and a recording of its own."""

    api: httpx.AsyncClient
    recording: bytes
    tally: Tally
    until: float
    rounds: int = 0

    async def run(self) -> None:
        """Go round until the time is over."""
        while time.monotonic() < self.until:
            try:
                await self._round()
            except Failed:
                await asyncio.sleep(1.0)
            self.rounds += 1

    async def _round(self) -> None:
        created = await self._ask("create", "POST", "/v1/assessments", 202, self.recording)
        own = created.json()["urls"]["self"]
        found = await self._followed(own)
        self.tally.ended[found["status"]] += 1
        if found["status"] == "succeeded":
            await self._ask("timeline", "GET", f"{own}/timeline", 200)
            await self._ask("result", "GET", own, 200)
        if self.rounds % 2:
            await self._ask("erase", "DELETE", own, 200)

    async def _followed(self, own: str) -> Mapping[str, Any]:
        """Ask for the status as often as `Retry-After` says, until the end."""
        limit = time.monotonic() + LONGEST_S
        while time.monotonic() < limit:
            answer = await self._ask("status", "GET", own, 200)
            found: Mapping[str, Any] = answer.json()
            if found["status"] in ENDED:
                return found
            await asyncio.sleep(float(answer.headers.get("retry-after", "1")))
        raise self._failure("stuck")

    async def _ask(
        self, route: str, method: str, path: str, expected: int, content: bytes | None = None
    ) -> httpx.Response:
        """Send one request, again after each told limit; return the answer that was promised."""
        headers = {"content-type": "video/mp4"} if content else {}
        for _ in range(PATIENCE):
            began = time.perf_counter()
            try:
                answer = await self.api.request(method, path, content=content, headers=headers)
            except httpx.HTTPError as error:
                raise self._failure(f"{route}: {type(error).__name__}") from error
            self.tally.taken_ms[route].append(1000 * (time.perf_counter() - began))
            if answer.status_code == expected:
                return answer
            wait_s = answer.headers.get("retry-after")
            if answer.status_code not in LIMITS or wait_s is None:
                raise self._failure(f"{route}: {answer.status_code}")
            self.tally.limits[f"{route}: {answer.status_code}"] += 1
            await asyncio.sleep(float(wait_s))
        raise self._failure(f"{route}: limited for too long")

    def _failure(self, what: str) -> Failed:
        self.tally.errors[what] += 1
        return Failed(what)
