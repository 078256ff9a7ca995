"""Calls to Triton as seen from outside: counted, timed, and part of the trace."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Final, cast

from tritonclient.utils import InferenceServerException

from adapters.tracing import UNTRACED, Kind, Tracing

OK: Final = "OK"
RPC: Final = {
    "rpc.system": "grpc",
    "rpc.service": "inference.GRPCInferenceService",
    "rpc.method": "ModelInfer",
}


def unnoticed(_network: str, _status: str, _seconds: float) -> None:
    """Note nothing."""


@dataclass(frozen=True, slots=True)
class Calls:
    """`note` is told network, gRPC status and seconds of each call."""

    note: Callable[[str, str, float], None] = unnoticed
    tracing: Tracing = UNTRACED

    @contextmanager
    def one(self, network: str, rows: int) -> Generator[dict[str, str]]:
        """Watch the call that the block makes; yields the metadata that goes with it."""
        about = {**RPC, "mien.network": network, "mien.rows": rows}
        status, began = OK, perf_counter()
        with self.tracing.span(f"triton {network}", Kind.CLIENT, attributes=about):
            try:
                yield self.tracing.carrier()
            except InferenceServerException as error:
                status = status_of(error)
                raise
            finally:
                self.note(network, status, perf_counter() - began)


def status_of(error: InferenceServerException) -> str:
    """Return the gRPC status behind an error, such as `UNAVAILABLE`."""
    status = cast("str | None", error.status())
    return (status or "UNKNOWN").removeprefix("StatusCode.")
