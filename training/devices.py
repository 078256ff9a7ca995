"""Where a run takes place: Lightning Fabric's devices and precision, quiet and deterministic."""

import logging
import os
import warnings
from collections.abc import Generator
from contextlib import contextmanager

import torch
from lightning_fabric import Fabric

from training.knobs import Knobs


@contextmanager
def deterministic() -> Generator[None]:
    """Within, PyTorch computes the same every time; the caller's random state is kept."""
    # Without this CUDA's matrix products refuse to be deterministic.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    enabled = torch.are_deterministic_algorithms_enabled()
    warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
    torch.use_deterministic_algorithms(True)
    try:
        with torch.random.fork_rng(devices=[]):
            yield
    finally:
        torch.use_deterministic_algorithms(enabled, warn_only=warn_only)


def launch(knobs: Knobs) -> Fabric:
    """Devices and precision; with several devices every one gets a process of its own.

    The other processes are started from the command line of this one, by Fabric's launcher.
    """
    for name in ("lightning_fabric", "lightning.fabric"):
        logging.getLogger(name).setLevel(logging.ERROR)  # its banners
    with warnings.catch_warnings():
        # Fabric's advice on launchers and devices; what matters is in the knobs.
        warnings.filterwarnings("ignore", module="lightning_fabric")
        fabric = Fabric(
            accelerator=knobs.accelerator,
            strategy="ddp" if knobs.devices > 1 else "auto",
            devices=knobs.devices,
            precision=knobs.precision if knobs.precision != "32" else "32-true",
        )
        fabric.launch()
    return fabric
