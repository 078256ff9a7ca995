"""Keys of receipts in memory, for tests of what signs; `tests/ports` holds it to the folder."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from adapters.ed25519 import new_seed, public_of, sign, thumbprint
from assessment.ports import Clock
from assessment.receipts import PublishedKey, ReceiptKey, Signer, earliest, in_force, publish


@dataclass
class MemoryReceiptKeys:
    """Keys in a list, their private halves in a dictionary."""

    clock: Clock
    keys: list[ReceiptKey] = field(default_factory=list[ReceiptKey])
    seeds: dict[str, bytes] = field(default_factory=dict[str, bytes], repr=False)

    def signer(self, at: datetime) -> Signer:
        """Return the key that signs what happened at that time, or the present one."""
        self._begin()
        key = in_force(self.keys, at)
        if key.id not in self.seeds:
            key = in_force(self.keys, self.clock())
        return Signer(key.id, partial(sign, self.seeds[key.id]))

    def published(self) -> Sequence[PublishedKey]:
        """Return every key, the oldest first."""
        self._begin()
        return publish(self.keys)

    def rotate(self, *, signs_from: datetime) -> ReceiptKey:
        """Make a key that signs from then on."""
        self._begin()
        return self._add(earliest(self.keys, signs_from))

    def _begin(self) -> None:
        if not self.keys:
            self._add(self.clock())

    def _add(self, signs_from: datetime) -> ReceiptKey:
        seed = new_seed()
        public = public_of(seed)
        key = ReceiptKey(id=thumbprint(public), public=public, signs_from=signs_from)
        self.keys.append(key)
        self.seeds[key.id] = seed
        return key
