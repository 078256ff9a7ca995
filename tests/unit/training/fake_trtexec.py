"""A stand-in for NVIDIA's trtexec: its plan is the ONNX file, its engine is ONNX Runtime.

It reads options and raw inputs and writes outputs as JSON, as trtexec does. The folder that it is
started for may hold `version` (of the banner), `broken` (builds fail) and `error` (added to every
output); it keeps the options of every call in `calls`.
"""

import json
import shutil
import sys
from pathlib import Path

TYPES = {"tensor(uint8)": "uint8", "tensor(float)": "float32"}


def main(folder: Path, arguments: list[str]) -> int:
    version = (folder / "version").read_text()
    sys.stdout.write(f"&&&& RUNNING TensorRT.trtexec [TensorRT v{version}] # trtexec\n")
    options = {name: value for name, _, value in (one.partition("=") for one in arguments)}
    with (folder / "calls").open("a") as calls:
        calls.write(json.dumps(options) + "\n")
    if (folder / "broken").exists() and "--help" not in options:
        sys.stdout.write("[E] Error[10]: could not find any implementation for node\n")
        return 1
    if "--saveEngine" in options:
        shutil.copy(options["--onnx"], options["--saveEngine"])
    if "--loadEngine" in options:
        infer(folder, options)
    return 0


def infer(folder: Path, options: dict[str, str]) -> None:
    # Imported here, as most calls only ask or build and would wait for it.
    import numpy as np
    import onnxruntime

    session = onnxruntime.InferenceSession(
        options["--loadEngine"], providers=["CPUExecutionProvider"]
    )
    shapes = dict(one.split(":") for one in options["--shapes"].split(","))
    files = dict(one.split(":") for one in options["--loadInputs"].split(","))
    feeds = {
        one.name: np.fromfile(files[one.name], TYPES[one.type]).reshape(
            [int(side) for side in shapes[one.name].split("x")]
        )
        for one in session.get_inputs()
    }
    error = float((folder / "error").read_text()) if (folder / "error").exists() else 0.0
    names = [output.name for output in session.get_outputs()]
    outputs = [np.asarray(values) + error for values in session.run(names, feeds)]
    written = [
        {"name": name, "dimensions": "x".join(map(str, one.shape)), "values": one.ravel().tolist()}
        for name, one in zip(names, outputs, strict=True)
    ]
    Path(options["--exportOutput"]).write_text(json.dumps(written))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
