"""How many faces a second a GPU scores: `python -m bench.gpu_networks [--out FILE]`.

    served graph (uint8 in, scores out) in PyTorch ─▶ precision, batch ─▶ faces a second

What is timed is the very module that is exported for serving, replayed as a CUDA graph, with the
faces on the GPU already: no transport, no decoding, no Triton. A TensorRT plan is usually faster
than PyTorch, so this is the floor that a plan has to beat. The networks are not trained: speed
does not depend on it, and `deviation` only says how far a precision moves the same weights' scores.
Times are medians by CUDA events, after a warm-up.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import nn

from networks.ddl_resnet50 import DdlConfig, DdlResnet50
from networks.hmhn import Hmhn, HmhnConfig
from networks.serving import ServedDdl, ServedHmhn

BATCHES = (1, 8, 32, 128)
WARM_UP = 5
REPETITIONS = 50

SERVED: dict[str, Callable[[], nn.Module]] = {
    "hmhn": lambda: ServedHmhn(Hmhn(HmhnConfig())),
    "ddl_resnet50": lambda: ServedDdl(DdlResnet50(DdlConfig())),
}

#: Precision -> (autocast's type or None, whether float32 products may be rounded to TF32).
PRECISIONS: dict[str, tuple[torch.dtype | None, bool]] = {
    "float32": (None, False),
    "tf32": (None, True),
    "float16": (torch.float16, True),
    "bfloat16": (torch.bfloat16, True),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """One network at one precision and batch; `deviation` is the scores' from float32, 0-63."""

    network: str
    precision: str
    batch: int
    faces_per_second: float
    milliseconds: float
    fastest_ms: float
    slowest_ms: float
    eager_ms: float
    deviation: float


def allow_tf32(allowed: bool) -> None:
    """Let matrix products and convolutions of float32 be rounded, or not."""
    torch.backends.cuda.matmul.allow_tf32 = allowed
    torch.backends.cudnn.allow_tf32 = allowed


def times_ms(run: Callable[[], object]) -> list[float]:
    """The time of each repetition, by the GPU's own clock."""
    for _ in range(WARM_UP):
        run()
    found: list[float] = []
    for _ in range(REPETITIONS):
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        run()
        end.record()
        torch.cuda.synchronize()
        found.append(start.elapsed_time(end))
    return found


def recorded(run: Callable[[], torch.Tensor]) -> torch.cuda.CUDAGraph:
    """Record a run as a CUDA graph, after the warm-up on a side stream that recording asks for."""
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(WARM_UP):
            run()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        run()
    return graph


def measure(name: str, precision: str, batch: int) -> Measured:
    """Time one network on random faces."""
    torch.manual_seed(0)
    network = SERVED[name]().eval().cuda()
    network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    faces = torch.randint(0, 256, (batch, 224, 224, 3), dtype=torch.uint8, device="cuda")
    dtype, rounded = PRECISIONS[precision]

    def run() -> torch.Tensor:
        # Casts kept from one run to the next must not outlive the graph that made them.
        with torch.autocast("cuda", dtype=dtype, enabled=dtype is not None, cache_enabled=False):
            return network(faces)[0]

    with torch.inference_mode():
        allow_tf32(False)
        exact = network(faces)[0].float()
        allow_tf32(rounded)
        deviation = float((run().float() - exact).abs().max())
        eager = statistics.median(times_ms(run))
        spent = times_ms(recorded(run).replay)
    middle = statistics.median(spent)
    return Measured(
        name,
        precision,
        batch,
        round(batch / middle * 1000.0, 1),
        round(middle, 3),
        round(min(spent), 3),
        round(max(spent), 3),
        round(eager, 3),
        round(deviation, 4),
    )


def line_of(one: Measured) -> str:
    """One row as a person reads it."""
    return (
        f"{one.network:14} {one.precision:9} batch {one.batch:4}"
        f"  {one.faces_per_second:9.0f} faces/s  {one.milliseconds:8.2f} ms"
        f" ({one.fastest_ms:.2f} to {one.slowest_ms:.2f}; without a graph {one.eager_ms:.2f})"
        f"  scores within {one.deviation}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line a measurement, and write them as JSON where asked to."""
    parser = argparse.ArgumentParser(prog="python -m bench.gpu_networks")
    parser.add_argument("--out", type=Path, help="a JSON file")
    asked = parser.parse_args(arguments)
    if not torch.cuda.is_available():
        print("gpu_networks: not measured, PyTorch sees no GPU here", file=sys.stderr)
        return 1
    device = torch.cuda.get_device_name()
    print(f"{device}, PyTorch {torch.__version__}, median of {REPETITIONS}")
    found: list[Measured] = []
    for name in SERVED:
        for precision in PRECISIONS:
            for batch in BATCHES:
                found.append(measure(name, precision, batch))
                print(line_of(found[-1]), flush=True)
    if asked.out is not None:
        document = {"device": device, "torch": torch.__version__, "rows": [*map(asdict, found)]}
        asked.out.write_text(json.dumps(document, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
