"""The Triton configurations: one repository, two engines, the same tensors as everywhere else."""

from pathlib import Path
from typing import Any

import pytest
from google.protobuf import text_format
from tritonclient.grpc import model_config_pb2

from networks.tensors import MAX_BATCH, SERVED, Kind, ServedModel, ServedTensor

REPOSITORY = Path(__file__).resolve().parents[2] / "model_repository"

# The generated module declares its messages at run time only.
protobuf: Any = model_config_pb2
DATA_TYPES = {"uint8": protobuf.TYPE_UINT8, "float32": protobuf.TYPE_FP32}

models = pytest.mark.parametrize("model", SERVED, ids=[model.name for model in SERVED])

BATCHED = [model for model in SERVED if model.kind is not Kind.SET]


def read(path: Path) -> Any:
    return text_format.Parse(path.read_text(), protobuf.ModelConfig())


def gpu(model: ServedModel) -> Any:
    return read(REPOSITORY / model.name / "config.pbtxt")


def cpu(model: ServedModel) -> Any:
    return read(REPOSITORY / model.name / "configs" / "cpu.pbtxt")


def described(tensor: ServedTensor) -> tuple[str, int, list[int]]:
    return tensor.name, DATA_TYPES[tensor.dtype], list(tensor.shape)


def test_every_served_model_has_a_folder_and_every_folder_a_model() -> None:
    folders = {path.parent.name for path in REPOSITORY.glob("*/config.pbtxt")}

    assert folders == {model.name for model in SERVED}


@models
def test_both_engines_take_and_give_the_tensors_of_the_networks(model: ServedModel) -> None:
    for config in (gpu(model), cpu(model)):
        inputs = [(tensor.name, tensor.data_type, list(tensor.dims)) for tensor in config.input]
        outputs = [(tensor.name, tensor.data_type, list(tensor.dims)) for tensor in config.output]

        assert config.name == model.name
        assert inputs == [described(tensor) for tensor in model.inputs]
        assert outputs == [described(output) for output in model.outputs]


@models
def test_the_gpu_serves_a_plan_and_the_cpu_the_graph(model: ServedModel) -> None:
    assert gpu(model).platform == "tensorrt_plan"
    assert [group.kind for group in gpu(model).instance_group] == [
        protobuf.ModelInstanceGroup.KIND_GPU
    ]
    assert cpu(model).backend == "onnxruntime"
    assert cpu(model).default_model_filename == "model.onnx"
    assert [group.kind for group in cpu(model).instance_group] == [
        protobuf.ModelInstanceGroup.KIND_CPU
    ]


@models
def test_the_cpu_engine_is_told_its_threads(model: ServedModel) -> None:
    # the key that Triton's own ONNX Runtime backend reads
    assert cpu(model).parameters["intra_op_thread_count"].string_value == "2"


@models
def test_the_batch_is_as_large_as_the_kind_of_network_allows(model: ServedModel) -> None:
    for config in (gpu(model), cpu(model)):
        assert config.max_batch_size == model.max_batch


@models
def test_the_version_before_the_newest_is_served_too(model: ServedModel) -> None:
    # A worker keeps the version that it started with while a newer one is loaded.
    for config in (gpu(model), cpu(model)):
        assert config.version_policy.WhichOneof("policy_choice") == "latest"
        assert config.version_policy.latest.num_versions == 2


@pytest.mark.parametrize("model", BATCHED, ids=[model.name for model in BATCHED])
def test_requests_are_batched_and_a_full_or_late_queue_rejects(model: ServedModel) -> None:
    # A CPU works seconds on one batch, and a request can only shorten its time in the queue.
    for config, queue_us in ((gpu(model), 8_000_000), (cpu(model), 60_000_000)):
        batching = config.dynamic_batching
        queue = batching.default_queue_policy

        assert list(batching.preferred_batch_size) == [8, 16, MAX_BATCH]
        assert batching.max_queue_delay_microseconds == 2000
        assert queue.max_queue_size == 256
        assert queue.default_timeout_microseconds == queue_us
        assert queue.timeout_action == protobuf.ModelQueuePolicy.REJECT
        assert queue.allow_timeout_override


def test_sets_differ_in_length_and_are_not_joined() -> None:
    for model in SERVED:
        for config in (gpu(model), cpu(model)):
            assert config.HasField("dynamic_batching") == (model.kind is not Kind.SET)
