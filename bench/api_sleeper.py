"""A model repository with one network that takes a fixed time and no processor, for the bench only.

    expression, as built ─▶ its manifest, resealed ─▶ served by a Python model that sleeps

It takes the faces that the real network takes and says of each that it is neutral. Its manifest
and its golden scores say just that, so workers let it in as they let in any other.
"""

import hashlib
import json
from pathlib import Path
from typing import Any, Final

from assessment.golden import Golden, Tolerance
from assessment.manifest_seal import sealed
from worker.golden import FAR, FRAMES, clip_sha256

PROJECT: Final = Path(__file__).resolve().parents[1]
NAME: Final = "expression"
CLASSES: Final = 7
INSTANCES: Final = 4
"""Calls that sleep side by side: more than two workers have in flight at once."""
GRAPH: Final = b"not a network: model.py sleeps"
NEUTRAL: Final = (1.0, *([0.0] * (CLASSES - 1)))

MODEL: Final = '''"""Sleeps, then says of every face that it is neutral."""

import time

import numpy as np
import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    """What Triton calls."""

    def execute(self, requests):
        """Answer each request; whatever its size, one request sleeps once."""
        answers = []
        for request in requests:
            time.sleep({delay_s!r})
            rows = len(pb_utils.get_input_tensor_by_name(request, "faces").as_numpy())
            said = np.tile(np.float32({neutral!r}), (rows, 1))
            tensor = pb_utils.Tensor("probabilities", said)
            answers.append(pb_utils.InferenceResponse([tensor]))
        return answers
'''
CONFIGURATION: Final = """name: "expression"
backend: "python"
max_batch_size: 32
input [{ name: "faces" data_type: TYPE_UINT8 dims: [112, 112, 3] }]
output [{ name: "probabilities" data_type: TYPE_FP32 dims: [7] }]
instance_group [{ count: %d kind: KIND_CPU }]
"""


def write_repository(folder: Path, *, delay_s: float) -> None:
    """Write the repository into a folder, or raise `FileNotFoundError`: `make weights` first."""
    network = folder / NAME
    for name in ("1", "configs"):
        (network / name).mkdir(parents=True)
    source = PROJECT / "model_repository" / NAME / "1" / "manifest.json"
    manifest = sealed(_changed(json.loads(source.read_text())))
    (network / "1" / "manifest.json").write_text(json.dumps(manifest))
    (network / "1" / "model.onnx").write_bytes(GRAPH)
    (network / "1" / "model.py").write_text(
        MODEL.replace("{delay_s!r}", repr(delay_s)).replace("{neutral!r}", repr(list(NEUTRAL)))
    )
    for path in (network / "config.pbtxt", network / "configs" / "cpu.pbtxt"):
        path.write_text(CONFIGURATION % INSTANCES)


def _changed(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return the manifest of the network that sleeps."""
    digest = hashlib.sha256(GRAPH).hexdigest()
    golden = Golden(
        clip_sha256=clip_sha256(),
        weights_sha256=digest,
        faces_sha256="0" * 64,  # Whatever the faces are, it says the same.
        values=(NEUTRAL,) * len(range(0, FRAMES, FAR)),
        tolerance=Tolerance(1e-4, 1e-4, 1e-4),
    )
    return {**manifest, "sha256": digest, "golden": golden.to_dict()}
