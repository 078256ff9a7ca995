from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pytest
from tritonclient.grpc import InferResult, service_pb2

from assessment.faults import ModelContract
from assessment.manifest import Manifest
from tests.samples import a_manifest
from worker.answers import check_metadata, scores_of

HMHN = a_manifest("hmhn")
EXPRESSION = a_manifest("expression")
TYPES = {"float32": "FP32", "float64": "FP64", "int64": "INT64"}


def answer(name: str, values: npt.NDArray[Any], *, cut: int = 0) -> InferResult:
    """Return what tritonclient makes of a response with one tensor; `cut` drops bytes."""
    response = cast("Any", service_pb2).ModelInferResponse(model_name="n", model_version="1")
    tensor = response.outputs.add()
    tensor.name, tensor.datatype = name, TYPES[values.dtype.name]
    tensor.shape.extend(values.shape)
    content = values.tobytes()
    response.raw_output_contents.append(content[: len(content) - cut])
    return InferResult(response)


def scores(*values: float) -> npt.NDArray[np.float32]:
    return np.array(values, np.float32).reshape(-1, 1)


def shown(*rows: tuple[float, ...]) -> npt.NDArray[np.float32]:
    return np.array(rows, np.float32)


def test_a_sound_answer_is_returned_as_it_is() -> None:
    found = scores_of(answer("score", scores(0.0, 20.5, 63.0)), HMHN, 3)

    assert found.tolist() == [[0.0], [20.5], [63.0]]


def test_sound_probabilities_are_returned_as_they_are() -> None:
    even = (1 / 7,) * 7

    assert scores_of(answer("probabilities", shown(even, even)), EXPRESSION, 2).shape == (2, 7)


@pytest.mark.parametrize(
    ("given", "manifest"),
    [
        pytest.param(answer("other", scores(1, 2)), HMHN, id="another name"),
        pytest.param(answer("score", scores(1, 2).astype(np.float64)), HMHN, id="another type"),
        pytest.param(answer("score", scores(1, 2, 3)), HMHN, id="a face too many"),
        pytest.param(answer("score", scores(1)), HMHN, id="a face too few"),
        pytest.param(answer("score", scores(1, 2).reshape(-1)), HMHN, id="another rank"),
        pytest.param(answer("score", scores(1, 2), cut=4), HMHN, id="a short buffer"),
        pytest.param(answer("score", scores(1, 2), cut=1), HMHN, id="half a number"),
        pytest.param(answer("score", scores(1, float("nan"))), HMHN, id="no number"),
        pytest.param(answer("score", scores(1, float("inf"))), HMHN, id="infinity"),
        pytest.param(answer("score", scores(1, -0.5)), HMHN, id="below the scale"),
        pytest.param(answer("score", scores(1, 63.5)), HMHN, id="above the scale"),
        pytest.param(
            answer("probabilities", shown((0.2,) * 7, (0.2,) * 7)), EXPRESSION, id="a sum of 1.4"
        ),
        pytest.param(
            answer("probabilities", shown((2, -1, 0, 0, 0, 0, 0), (1, 0, 0, 0, 0, 0, 0))),
            EXPRESSION,
            id="no probabilities",
        ),
    ],
)
def test_an_answer_that_breaks_the_contract_is_never_a_result(
    given: InferResult, manifest: Manifest
) -> None:
    with pytest.raises(ModelContract):
        scores_of(given, manifest, 2)


def metadata(
    size: str = "224", datatype: str = "UINT8", output: str = "score", width: str = "1"
) -> dict[str, Any]:
    """Return model metadata as tritonclient gives it as JSON: sizes are strings."""
    return {
        "name": "hmhn",
        "inputs": [{"name": "faces", "datatype": datatype, "shape": ["-1", size, size, "3"]}],
        "outputs": [
            {"name": output, "datatype": "FP32", "shape": ["-1", width]},
            {"name": "attention", "datatype": "FP32", "shape": ["-1", "4", "7", "7"]},
        ],
    }


def test_a_network_that_is_served_as_promised_passes() -> None:
    check_metadata(metadata(), HMHN)


@pytest.mark.parametrize(
    "served",
    [
        metadata(size="112"),
        metadata(datatype="FP32"),
        metadata(output="logits"),
        metadata(width="64"),
        {},
    ],
)
def test_a_network_that_is_served_otherwise_breaks_the_contract(served: dict[str, Any]) -> None:
    with pytest.raises(ModelContract):
        check_metadata(served, HMHN)
