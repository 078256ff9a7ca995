"""`python -m launch.triton_image cpu | gpu`: Triton as its containers start it.

    cpu  NAME/N/model.onnx ─▶ configs/cpu.pbtxt   ONNX Runtime
    gpu  NAME/N/model.plan ─▶ config.pbtxt        TensorRT, plans of this very machine only

Standard library only: NVIDIA's image has nothing else. As in the embedded stack, a request to load
a model needs a key; where no secret brings one, a key that nobody knows closes that way. On
processors a child of the server looks after its backend processes (`launch.backend_watch`).
"""

import argparse
import os
import secrets
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn

from launch.backend_watch import EVERY_S, BackendWatch, Control
from launch.triton_control import (
    COMMON_OPTIONS,
    PROCESSOR_OPTIONS,
    built_models,
    control_options,
)
from launch.triton_plans import PlanMisfit, planned_models

CPU, GPU = "cpu", "gpu"
LOOPBACK, HTTP_PORT = "127.0.0.1", 8000
CONTROL_KEY: Final = Path("/run/secrets/triton_control_key")
REPOSITORY: Final = Path("/networks")
EX_CONFIG: Final = 78
OF_THE_ENGINE: Final = {
    CPU: ("--backend-directory=/opt/triton/backends", *PROCESSOR_OPTIONS),
    GPU: (),
}


def command(engine: str, models: Sequence[str], key: str, repository: Path) -> list[str]:
    """Return the command line that serves these models to whoever reaches the container."""
    return [
        "tritonserver",
        f"--model-repository={repository}",
        *COMMON_OPTIONS,
        *OF_THE_ENGINE[engine],
        *control_options(models, key),
    ]


def models_of(engine: str, repository: Path) -> tuple[str, ...]:
    """Return what can be served; raises `PlanMisfit` when that is nothing, or not of this GPU."""
    if engine == GPU:
        return planned_models(repository)
    found = built_models(repository)
    if not found:
        raise PlanMisfit(f"no network in {repository}: fill the volume (docs/containers.md)")
    return found


def control_key(secret: Path) -> str:
    """Return the key of the secret, or one that nobody knows."""
    try:
        return secret.read_text().strip() or secrets.token_urlsafe()
    except OSError:
        return secrets.token_urlsafe()


def leave_watch_behind(key: str) -> None:
    """Fork a child that looks after the backend processes of what this process becomes."""
    server = os.getpid()
    if os.fork() != 0:
        return
    control = Control(LOOPBACK, HTTP_PORT, key)
    watch = BackendWatch(control, lambda text: print(text, file=sys.stderr, flush=True))  # noqa: T201
    while os.getppid() == server:
        watch.look(server)
        time.sleep(EVERY_S)
    os._exit(0)


def main(arguments: Sequence[str]) -> NoReturn:
    """Become the server, or end with one line that says why not."""
    parser = argparse.ArgumentParser(prog="python -m launch.triton_image", description=__doc__)
    parser.add_argument("engine", choices=tuple(OF_THE_ENGINE))
    parser.add_argument("--repository", type=Path, default=REPOSITORY)
    options = parser.parse_args(arguments)
    try:
        models = models_of(options.engine, options.repository)
    except PlanMisfit as fault:
        sys.stderr.write(f"triton cannot start: {fault}\n")
        sys.exit(EX_CONFIG)
    key = control_key(CONTROL_KEY)
    line = command(options.engine, models, key, options.repository)
    if options.engine == CPU:  # TensorRT runs inside of the server.
        leave_watch_behind(key)
    os.execvp(line[0], line)  # noqa: S606 - it takes the place of this process, PID and all


if __name__ == "__main__":
    main(sys.argv[1:])
