"""An Idempotency-Key over the time of one request: held, then kept or let go.

    key ─▶ mark held ─▶ body read ─▶ same request? ─▶ answer of then
                                 └─▶ new one ─▶ bound ─▶ created ─▶ kept
    any failure before it was created ─▶ let go; a process that dies ─▶ its lease ends
    one that took over and fails ─▶ its lease ends at once: the one before may have created

Without a key there is no mark, and the same steps do nothing.
"""

import asyncio
import logging
import re
import secrets
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from anyio import CancelScope
from anyio.to_thread import run_sync

from assessment.assessment import AssessmentId, Tenant
from assessment.faults import IdempotencyInFlight, IdempotencyMismatch, Invalid, Unavailable
from assessment.idempotency import Mark, Marks
from service.intake import new_id
from service.seal import Seal

LEASE_S: Final = 60.0
POINTER: Final = "/headers/idempotency-key"
_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")

log = logging.getLogger(__name__)


def key_of(lines: Sequence[str]) -> str | None:
    """Return the key of the headers, None without one, or raise `Invalid`."""
    if not lines:
        return None
    if len(lines) > 1:
        raise Invalid("comes twice", pointer=POINTER)
    if not _KEY.fullmatch(lines[0]):
        raise Invalid("takes 1 to 255 visible ASCII characters", pointer=POINTER)
    return lines[0]


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a key counts: for one tenant on one route."""

    tenant: Tenant
    route: str


@dataclass(slots=True)
class Held:
    """A key that this request holds; `mark` says what was known of it."""

    mark: Mark
    scope: Scope
    seal: Seal
    marks: Marks
    name: str = ""
    holder: str = field(default_factory=lambda: secrets.token_hex(16))
    committed: bool = False

    @property
    def assessment_id(self) -> AssessmentId:
        """The id that is reserved."""
        return self.mark.assessment_id

    @property
    def known(self) -> bool:
        """Whether a request came with this key before, and may have been carried out."""
        return bool(self.mark.fingerprint)

    def fingerprint(self, content: bytes) -> str:
        """Return what stands for the request in the store."""
        return self.seal.digest(
            f"idempotent-request {self.scope.route}", self.scope.tenant, content
        )

    def require_same(self, content: bytes) -> None:
        """Raise `IdempotencyMismatch` when another request came with the key."""
        if self.fingerprint(content) != self.mark.fingerprint:
            raise IdempotencyMismatch("was used for another request", pointer=POINTER)

    def bind(self, content: bytes) -> None:
        """Note which request the key is for, or raise `IdempotencyInFlight` when it was lost."""
        if self.name and not self.mark.kept:
            self.marks.bind(self.name, self.holder, self.fingerprint(content), lease_s=LEASE_S)

    def commit(self) -> None:
        """From here on something may exist that the key stands for: do not let it go."""
        self.committed = True

    @contextmanager
    def carrying_out(self) -> Generator[None]:
        """Commit before the block, for a cancelled request leaves its thread behind in it.

        A block that fails made nothing, and what it failed with goes on.
        """
        self.committed, made = True, False
        try:
            yield
            made = True
        finally:
            self.committed = made

    def keep(self) -> None:
        """Keep the key; if that fails, the lease ends and the next request finds all by its id."""
        if not self.name or self.mark.kept:
            return
        try:
            self.marks.keep(self.name, self.holder)
        except Unavailable as fault:
            log.warning("an idempotency key could not be kept (%s); its lease will end", fault.code)


@dataclass(frozen=True, slots=True)
class Idempotency:
    """Holds keys while their requests are worked on."""

    marks: Marks
    seal: Seal

    @asynccontextmanager
    async def hold(self, scope: Scope, key: str | None) -> AsyncGenerator[Held]:
        """Hold the key for the block; raise `IdempotencyInFlight` when another request does."""
        held = Held(Mark(new_id()), scope, self.seal, self.marks)
        if key is None:
            yield held
            return
        held.name = self.seal.digest(f"idempotency-key {scope.route}", scope.tenant, key.encode())
        held.mark = await run_sync(self._take, held)
        renewing = asyncio.create_task(self._renew(held))
        try:
            yield held
        finally:
            renewing.cancel()
            if not (held.committed or held.mark.kept):
                await self._let_go(held)

    def _take(self, held: Held) -> Mark:
        return self.marks.take(held.name, held.holder, held.assessment_id, lease_s=LEASE_S)

    async def _renew(self, held: Held) -> None:
        """Hold the key for as long as a body takes to arrive."""
        while not held.mark.kept:
            await asyncio.sleep(LEASE_S / 4)
            # Whether it was lost is found out by `bind`; a store that is away may come back.
            with suppress(IdempotencyInFlight, Unavailable):
                await run_sync(lambda: self.marks.renew(held.name, held.holder, lease_s=LEASE_S))

    async def _let_go(self, held: Held) -> None:
        with CancelScope(shield=True), suppress(IdempotencyInFlight, Unavailable):
            await run_sync(self._give_back if held.known else self._release, held)

    def _release(self, held: Held) -> None:
        self.marks.release(held.name, held.holder)

    def _give_back(self, held: Held) -> None:
        """End the lease and forget nothing: a request before this one may have been carried out."""
        self.marks.renew(held.name, held.holder, lease_s=0)
