"""Triton told to load a new version while it answers with the old one.

load_model(NAME) ─▶ Triton reads NAME/ again ─▶ version N ready? ─▶ done
                             └─ refused: LoadRefused; the versions that were loaded go on
"""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path

from tritonclient import grpc
from tritonclient.utils import InferenceServerException

from training.faults import LoadRefused

#: Seconds that a version may take to load, and between two looks.
LOAD_LIMIT_S = 300.0
LOOK_S = 0.2

#: Where a container finds the key of Triton's model control, and the header that takes it.
CONTROL_SECRET = Path("/run/secrets/triton_control_key")
CONTROL_HEADER = "triton-grpc-protocol-mien-control-key"


@dataclass(frozen=True, slots=True)
class Server:
    """A Triton's gRPC address, and what its model control asks for."""

    address: str
    headers: dict[str, str] = field(default_factory=dict[str, str], repr=False)


def find_server(target: str) -> Server:
    """A server from `HOST:PORT`, or from the control file of an embedded stack (DATA/triton).

    In a container the key of `HOST:PORT` is the secret that Triton itself was given. Raises
    `LoadRefused` when the file cannot be read.
    """
    path = Path(target)
    if path.suffix != ".json":
        return Server(target, _secret_key())
    try:
        document = json.loads(path.read_text())
        key = {f"triton-grpc-protocol-{document['header']}": document["key"]}
        return Server(document["grpc"], key)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LoadRefused(
            f"{target} is no control file of a running stack: {error!r}. It is DATA/triton/"
            "control.json while `make up` runs"
        ) from error


def _secret_key() -> dict[str, str]:
    """The header with the secret's key, or nothing where there is no such secret."""
    if not CONTROL_SECRET.is_file():
        return {}
    return {CONTROL_HEADER: CONTROL_SECRET.read_text().strip()}


def load(server: Server, name: str, version: str, limit_s: float = LOAD_LIMIT_S) -> None:
    """Have a version loaded and wait until it is ready; raises `LoadRefused` if it is not."""
    with grpc.InferenceServerClient(server.address) as client:
        try:
            client.load_model(name, headers=server.headers, client_timeout=limit_s)
            _wait(client, name, version, limit_s)
        except InferenceServerException as error:
            raise LoadRefused(
                f"Triton at {server.address} does not load {name} version {version}:"
                f" {error.message()}"
            ) from error


def _wait(client: grpc.InferenceServerClient, name: str, version: str, limit_s: float) -> None:
    end = time.monotonic() + limit_s
    while not client.is_model_ready(name, version):
        if time.monotonic() > end:
            raise LoadRefused(
                f"{name} version {version} is not ready after {limit_s:.0f} s: does its"
                " configuration say version_policy latest?"
            )
        time.sleep(LOOK_S)
