"""A network small enough to check by hand, for the real Triton: twice the sum of a row."""

import hashlib
import json
from pathlib import Path

from onnx import TensorProto, helper

WIDTH = 8


def write_network(
    repository: Path,
    *,
    tampered: bool = False,
    manifest: bool = True,
    joins_within_us: int = 20_000,
) -> None:
    """Write a network that doubles the sum of a row of bytes: [n, 8] uint8 to [n, 1] float32."""
    folder = repository / "tiny"
    for name in ("1", "configs"):
        (folder / name).mkdir(parents=True)
    content = tiny_network()
    (folder / "1" / "model.onnx").write_bytes(content + (b"\0" if tampered else b""))
    if manifest:
        digest = hashlib.sha256(content).hexdigest()
        (folder / "1" / "manifest.json").write_text(json.dumps({"sha256": digest}))
    gpu, cpu = 'platform: "tensorrt_plan"', 'backend: "onnxruntime"'
    (folder / "config.pbtxt").write_text(configuration(gpu, "KIND_GPU", joins_within_us))
    (folder / "configs" / "cpu.pbtxt").write_text(configuration(cpu, "KIND_CPU", joins_within_us))


def tiny_network(factor: float = 2.0) -> bytes:
    """Return the network as ONNX; with another factor it is another version."""
    graph = helper.make_graph(
        [
            helper.make_node("Cast", ["rows"], ["floats"], to=TensorProto.FLOAT),
            helper.make_node("ReduceSum", ["floats", "axes"], ["sums"], keepdims=1),
            helper.make_node("Mul", ["sums", "factor"], ["scores"]),
        ],
        "tiny",
        [helper.make_tensor_value_info("rows", TensorProto.UINT8, ["n", WIDTH])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n", 1])],
        [
            helper.make_tensor("factor", TensorProto.FLOAT, [1], [factor]),
            helper.make_tensor("axes", TensorProto.INT64, [1], [1]),
        ],
    )
    opset = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString()


def configuration(engine: str, kind: str, joins_within_us: int) -> str:
    """Return the Triton configuration of the tiny network."""
    return f"""
    name: "tiny"
    {engine}
    max_batch_size: 64
    version_policy {{ latest {{ num_versions: 2 }} }}
    input [{{ name: "rows" data_type: TYPE_UINT8 dims: [ {WIDTH} ] }}]
    output [{{ name: "scores" data_type: TYPE_FP32 dims: [ 1 ] }}]
    instance_group [{{ count: 1 kind: {kind} }}]
    dynamic_batching {{ max_queue_delay_microseconds: {joins_within_us} }}
    parameters {{ key: "intra_op_thread_count" value {{ string_value: "1" }} }}
    """
