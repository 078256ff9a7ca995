"""Keys of receipts as files: `DATA/receipt-keys/0001.json`, `0002.json`, … for their owner only.

A file is written whole, once, and never changed, so that processes agree without talking:
of several that make the next one at once, one wins and the others take its. All is read anew
at every use; a rotation needs no restart.

A key may also come from a PEM file of the operator. Then the folder remembers its public half
and its time alone, and another key in that file is a rotation.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, Self

from adapters.disk import room
from adapters.ed25519 import (
    PUBLIC_BYTES,
    decoded,
    encoded,
    new_seed,
    public_of,
    seed_of_pem,
    sign,
    thumbprint,
)
from adapters.secret_file import write_once
from assessment.faults import Misconfigured
from assessment.ports import Clock
from assessment.receipts import PublishedKey, ReceiptKey, Signer, earliest, in_force, publish

FOLDER: Final = "receipt-keys"
PRIVATE: Final = 0o700


@dataclass(frozen=True, slots=True)
class _Entry:
    key: ReceiptKey
    seed: bytes | None = field(repr=False)
    """None where the private half is not kept here."""

    @classmethod
    def of(cls, public: bytes, signs_from: datetime, seed: bytes | None) -> Self:
        """Return the entry of a key, known by its thumbprint."""
        key = ReceiptKey(id=thumbprint(public), public=public, signs_from=signs_from)
        return cls(key, seed)

    def to_json(self) -> bytes:
        """Return the content of the key's file."""
        written = {
            "key_id": self.key.id,
            "public": encoded(self.key.public),
            "signs_from": self.key.signs_from.isoformat(),
            "private": encoded(self.seed) if self.seed else None,
        }
        return json.dumps(written, indent=1).encode()

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return the entry of a file, or raise `Misconfigured`."""
        try:
            raw: dict[str, Any] = json.loads(path.read_bytes())
            public, kept = decoded(raw["public"]), raw["private"] is not None
            seed = decoded(raw["private"]) if kept else None
            signs_from = datetime.fromisoformat(raw["signs_from"])
            halves_fit = not kept or (seed is not None and public_of(seed) == public)
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise Misconfigured(f"{FOLDER}/{path.name} in the data folder is damaged") from error
        sound = halves_fit and signs_from.tzinfo is not None
        if public is None or len(public) != PUBLIC_BYTES or not sound:
            raise Misconfigured(f"{FOLDER}/{path.name} in the data folder is damaged")
        return cls.of(public, signs_from, seed)


@dataclass(frozen=True, slots=True)
class FolderReceiptKeys:
    """The keys below one data folder; `given` is the operator's own PEM file, if there is one."""

    data: Path
    clock: Clock
    given: Path | None = None

    def signer(self, at: datetime) -> Signer:
        """Return the key that signs what happened at that time, or the present one."""
        ring = self._ring()
        keys = [one.key for one in ring]
        seeds = {one.key.id: one.seed for one in ring if one.seed}
        for key in (in_force(keys, at), in_force(keys, self.clock())):
            seed = seeds.get(key.id)
            if seed is not None:
                return Signer(key.id, partial(sign, seed))
        raise Misconfigured("the private half of the key that signs receipts is not here")

    def published(self) -> Sequence[PublishedKey]:
        """Return every key, the oldest first; to look makes none where there is one."""
        ring = self._read() if self.given is None else []
        return publish([one.key for one in ring or self._ring()])

    def rotate(self, *, signs_from: datetime) -> ReceiptKey:
        """Make a key that signs from then on; another process may have made one just now."""
        kept = self._read()
        if self.given is not None or (kept and kept[-1].seed is None):
            raise Misconfigured("MIEN_RECEIPT_KEY gives the key: put another one into that file")
        keys = [one.key for one in self._ring()]  # There is a first one now.
        made = _made(earliest(keys, signs_from))
        return _Entry.read(self._append(made, self._newest())).key

    def _ring(self) -> list[_Entry]:
        """Return all entries, the newest last, with the private half that the operator gives."""
        given, newest = self._given(), self._newest()
        ring = self._read()
        while not ring or not _continued(ring, given):
            entry = _made(self.clock())
            if given is not None:
                entry = _Entry.of(public_of(given), self.clock(), None)
            self._append(entry, newest)
            newest = self._newest()
            ring = self._read()
        if given is not None:
            ring[-1] = _Entry(ring[-1].key, given)
        return ring

    def _given(self) -> bytes | None:
        if self.given is None:
            return None
        try:
            return seed_of_pem(self.given.read_bytes())
        except OSError as error:
            raise Misconfigured("the file of MIEN_RECEIPT_KEY cannot be read") from error

    def _read(self) -> list[_Entry]:
        return [_Entry.read(path) for path in self._paths()]

    def _paths(self) -> list[Path]:
        return sorted((self.data / FOLDER).glob("[0-9][0-9][0-9][0-9].json"))

    def _newest(self) -> int:
        """Return the number of the newest file; 0 without any."""
        return max((int(path.stem) for path in self._paths()), default=0)

    def _append(self, entry: _Entry, newest: int) -> Path:
        """Return the file after the newest: this entry, or what another process made meanwhile.

        `newest` was looked up before the ring was read: who found it wanting must not follow up
        on what another process mended in between.
        """
        folder = self.data / FOLDER
        path = folder / f"{newest + 1:04d}.json"
        with room():
            folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
            write_once(path, entry.to_json())
        return path


def _made(signs_from: datetime) -> _Entry:
    seed = new_seed()
    return _Entry.of(public_of(seed), signs_from, seed)


def _continued(ring: Sequence[_Entry], given: bytes | None) -> bool:
    """Return whether the newest key is one that can sign here; raise where the given one is old."""
    if given is None:
        return ring[-1].seed is not None
    used = [one.key.public for one in ring]
    public = public_of(given)
    if public in used[:-1]:
        raise Misconfigured("the key of MIEN_RECEIPT_KEY has been replaced: give the new one")
    return public == used[-1]
