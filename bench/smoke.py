"""What tells a fall within a minute and a half: the two ratios that matter most, on one stack.

In FP32, which needs no calibration; on ten seconds, eight samples.
"""

from collections.abc import Iterable

from bench.api_stack import stack
from bench.inference import through_triton
from bench.pipeline import compared
from bench.repository import repository
from bench.row import Row, Scale


def rows(scale: Scale) -> Iterable[Row]:
    """Compare a whole assessment with its peers, then scoring alone."""
    network = repository(int8=False)
    with stack(MIEN_MODEL_REPOSITORY=str(network.repository)) as served:
        yield from compared(served, network, scale, "film")
        yield through_triton(served, network, scale, "FP32")
