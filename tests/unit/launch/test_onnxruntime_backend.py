"""The Triton backend's own logic, with stand-ins for what Triton hands it."""

import hashlib
import importlib.util
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tests.stack.launch_project import REPOSITORY, WIDTH, tiny_network

CONFIG = {
    "max_batch_size": 64,
    "input": [{"name": "rows"}],
    "output": [{"name": "scores"}],
    "parameters": {"intra_op_thread_count": {"string_value": "1"}},
}


class ModelFault(Exception):
    """Triton's TritonModelException."""


@dataclass
class Tensor:
    label: str
    array: np.ndarray

    def name(self) -> str:
        return self.label

    def as_numpy(self) -> np.ndarray:
        return self.array


@dataclass
class Response:
    tensors: list[Tensor]
    error: str | None = None


@dataclass
class Request:
    rows: np.ndarray
    wanted: list[str] = field(default_factory=lambda: ["scores"])

    def inputs(self) -> list[Tensor]:
        return [Tensor("rows", self.rows)]

    def requested_output_names(self) -> list[str]:
        return self.wanted


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> Any:
    inside_triton: Any = ModuleType("triton_python_backend_utils")
    inside_triton.TritonModelException = ModelFault
    inside_triton.TritonError = str
    inside_triton.Tensor = Tensor
    inside_triton.InferenceResponse = Response
    monkeypatch.setitem(sys.modules, "triton_python_backend_utils", inside_triton)
    path = REPOSITORY / "triton_backends" / "onnxruntime" / "model.py"
    spec = importlib.util.spec_from_file_location("onnxruntime_backend", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "onnxruntime_backend", module)
    spec.loader.exec_module(module)
    return module


def write_version(folder: Path, digest: str | None = None) -> dict[str, str]:
    content = tiny_network()
    (folder / "1").mkdir()
    (folder / "1" / "model.onnx").write_bytes(content)
    manifest = {"sha256": digest or hashlib.sha256(content).hexdigest()}
    (folder / "1" / "manifest.json").write_text(json.dumps(manifest))
    return {
        "model_repository": str(folder),
        "model_version": "1",
        "model_config": json.dumps(CONFIG),
    }


def loaded(backend: Any, folder: Path) -> Any:
    model = backend.TritonPythonModel()
    model.initialize(write_version(folder))
    return model


def rows(count: int, width: int = WIDTH) -> np.ndarray:
    return np.arange(count * width, dtype=np.uint8).reshape(count, width)


def test_all_requests_of_a_call_are_one_run(
    backend: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = loaded(backend, tmp_path)
    runs: list[int] = []
    run = backend.Model.run
    monkeypatch.setattr(
        backend.Model,
        "run",
        lambda self, given: runs.append(len(given["rows"])) or run(self, given),
    )

    responses = model.execute([Request(rows(2)), Request(rows(3)), Request(rows(1))])

    assert runs == [6]
    for count, response in zip((2, 3, 1), responses, strict=True):
        expected = 2.0 * rows(count).sum(axis=1, keepdims=True)
        np.testing.assert_array_equal(response.tensors[0].array, expected)


def test_a_bad_request_does_not_take_its_neighbours_along(backend: Any, tmp_path: Path) -> None:
    model = loaded(backend, tmp_path)

    good, bad, other = model.execute(
        [Request(rows(2)), Request(rows(2, WIDTH + 1)), Request(rows(1))]
    )

    assert bad.error
    assert good.error is None
    assert len(good.tensors[0].array) == 2
    assert len(other.tensors[0].array) == 1


def test_only_wanted_outputs_are_sent(backend: Any, tmp_path: Path) -> None:
    model = loaded(backend, tmp_path)

    (response,) = model.execute([Request(rows(1), wanted=[])])

    assert response.tensors == []


def test_a_network_that_is_not_the_manifests_is_refused(backend: Any, tmp_path: Path) -> None:
    arguments = write_version(tmp_path, digest="0" * 64)

    with pytest.raises(ModelFault, match="is not the network of its manifest"):
        backend.TritonPythonModel().initialize(arguments)


@pytest.mark.parametrize("content", [None, "", "[]", "{}", "not json"])
def test_a_manifest_that_says_nothing_is_refused(
    backend: Any, tmp_path: Path, content: str | None
) -> None:
    arguments = write_version(tmp_path)
    manifest = tmp_path / "1" / "manifest.json"
    manifest.unlink()
    if content is not None:
        manifest.write_text(content)

    with pytest.raises(ModelFault, match="no usable manifest"):
        backend.TritonPythonModel().initialize(arguments)


def test_a_tensor_that_the_network_lacks_is_named(backend: Any, tmp_path: Path) -> None:
    arguments = write_version(tmp_path)
    config = CONFIG | {"output": [{"name": "distribution"}]}

    with pytest.raises(ModelFault, match=r"output \['distribution'\], the network has"):
        backend.TritonPythonModel().initialize(arguments | {"model_config": json.dumps(config)})
