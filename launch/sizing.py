"""How many workers and Tritons a load takes, and what it costs. Pure arithmetic.

    load (erlangs) = video-minutes an hour x seconds of work a video-minute / 3600
    instances      = the least whole number that is busy for no more than `utilisation` of its time

Video arrives when it likes. At a utilisation of 0.7 a queue of this kind (M/G/k) stays short; at 1
it grows without end. What is left over is also what takes up a lost node.
"""

from dataclasses import dataclass
from math import ceil
from typing import Final

HOUR_S: Final = 3600.0
MINUTES: Final = 60.0
TINY: Final = 1e-9
"""A load that fills its instances exactly must not take one more because of rounding."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Seconds that a worker, and a Triton instance, are busy with a minute of video."""

    worker_s: float
    triton_s: float


@dataclass(frozen=True, slots=True)
class Machine:
    """What one instance of each is given: cores, GPUs, and memory in GiB."""

    worker_cores: float = 1.0
    worker_gib: float = 2.0
    triton_cores: float = 2.0
    triton_gib: float = 2.0
    triton_gpus: float = 0.0


@dataclass(frozen=True, slots=True)
class Prices:
    """What an hour of a core and of a GPU costs, in any currency."""

    core_hour: float = 0.0
    gpu_hour: float = 0.0


@dataclass(frozen=True, slots=True)
class Size:
    """A cluster for a load; memory is that of workers and Tritons together, in GiB."""

    workers: int
    tritons: int
    memory_gib: float
    cores: float
    gpus: float

    def cost_an_hour(self, prices: Prices) -> float:
        """Return what it costs to keep it for an hour."""
        return self.cores * prices.core_hour + self.gpus * prices.gpu_hour


def instances(minutes_an_hour: float, busy_s: float, utilisation: float) -> int:
    """Return how many instances the load takes; at least one, which is there when work comes."""
    load = minutes_an_hour * busy_s / HOUR_S
    return max(1, ceil(load / utilisation - TINY))


def size_for(minutes_an_hour: float, speed: Speed, machine: Machine, utilisation: float) -> Size:
    """Return the smallest cluster that stays below the utilisation."""
    workers = instances(minutes_an_hour, speed.worker_s, utilisation)
    tritons = instances(minutes_an_hour, speed.triton_s, utilisation)
    return Size(
        workers=workers,
        tritons=tritons,
        memory_gib=workers * machine.worker_gib + tritons * machine.triton_gib,
        cores=workers * machine.worker_cores + tritons * machine.triton_cores,
        gpus=tritons * machine.triton_gpus,
    )


def cost_of_a_video_hour(size: Size, minutes_an_hour: float, prices: Prices) -> float:
    """Return what an hour of video costs while the load is this."""
    return size.cost_an_hour(prices) / (minutes_an_hour / MINUTES)
