"""A repository with one small network, and a machine with stand-ins for NVIDIA's programs."""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from tests.unit.training import fake_trtexec
from tests.unit.training.test_quantise import SIDE, convolutional
from training import plans
from training.trtexec import Machine, find_machine

CONFIG = f"""
name: "net"
platform: "tensorrt_plan"
max_batch_size: 8
input [ {{ name: "faces" data_type: TYPE_UINT8 dims: [{SIDE}, {SIDE}, 3] }} ]
output [ {{ name: "score" data_type: TYPE_FP32 dims: [1] }} ]
dynamic_batching {{ preferred_batch_size: [2, 4, 8] }}
"""


class Workshop:
    """A repository with one network, and a machine with the stand-in for trtexec."""

    def __init__(self, folder: Path) -> None:
        self.programs, self.repository = folder / "programs", folder / "repository"
        self.cache = folder / "cache"
        self.said: list[str] = []
        for one in (self.programs, self.cache):
            one.mkdir()
        self.write_program("nvidia-smi", 'echo "9.0, 570.86.15"')
        script = Path(fake_trtexec.__file__)
        self.write_program("trtexec", f'exec {sys.executable} {script} {self.programs} "$@"')
        (self.programs / "version").write_text("101300")
        self.write_network(convolutional())

    def write_program(self, name: str, line: str) -> None:
        (self.programs / name).write_text(f"#!/bin/sh\n{line}\n")
        (self.programs / name).chmod(0o755)

    @property
    def version(self) -> Path:
        return self.repository / "net" / "1"

    def write_network(self, content: bytes) -> None:
        self.version.mkdir(parents=True, exist_ok=True)
        (self.version / "model.onnx").write_bytes(content)
        manifest = {"sha256": hashlib.sha256(content).hexdigest(), "task": "severity"}
        (self.version / "manifest.json").write_text(json.dumps(manifest))
        (self.repository / "net" / "config.pbtxt").write_text(CONFIG)

    def machine(self) -> Machine:
        return find_machine(str(self.programs))

    def make(self, machine: Machine | None = None) -> None:
        version = plans.read_version(self.version)
        plans.make_plan(version, machine or self.machine(), self.cache, self.said.append)

    def builds(self) -> list[dict[str, Any]]:
        """The options of every build so far."""
        path = self.programs / "calls"
        calls = [json.loads(line) for line in path.read_text().splitlines()]
        return [call for call in calls if "--saveEngine" in call]
