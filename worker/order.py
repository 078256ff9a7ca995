"""What a worker orders of one decoder process: how much, how often, and for whom."""

import json
from dataclasses import asdict, dataclass

from assessment.request import Sampling


@dataclass(frozen=True, slots=True)
class Order:
    """What the decoder process is told, as one argument; nothing in it is secret."""

    parent: int
    sampling: Sampling
    max_seconds: int
    max_frames: int
    max_pixels: int
    threads: int
    memory_bytes: int
    cpu_seconds: int

    def to_argument(self) -> str:
        """Return the order as it stands on a command line."""
        return json.dumps(asdict(self))

    @classmethod
    def parse(cls, argument: str) -> "Order":
        """Return the order that `to_argument` wrote."""
        raw = json.loads(argument)
        return cls(sampling=Sampling(**raw.pop("sampling")), **raw)
