"""The backend `onnxruntime` in a real Triton: right numbers, joined batches, checked weights."""

import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import numpy as np
import pytest
from tritonclient import grpc
from tritonclient.utils import InferenceServerException

from launch import data_folder, triton_server
from launch.embedded import plan_for
from launch.faults import PartDied
from launch.parts import HOST, STOP_ORDER, Plan
from launch.printers import Silent
from launch.stack import Stack
from launch.triton_control import KEY_HEADER
from tests.stack.conftest import PROJECT as REPOSITORY
from tests.stack.tiny_network import WIDTH, write_network
from tests.stack.waiting import until

pytestmark = [
    pytest.mark.stack,
    pytest.mark.skipif(sys.platform != "linux", reason="Triton's wheel is for Linux"),
]


LONG_US: Final = 200_000
"""How long a request is held for others: longer than a busy machine keeps two callers apart."""


@contextmanager
def triton(folder: Path) -> Generator[Plan]:
    caller = {
        "PATH": "/usr/bin:/bin",
        "MIEN_MODEL_REPOSITORY": str(folder / "repository"),
    }
    with (
        plan_for(REPOSITORY, folder / "data", None, None, caller) as plan,
        data_folder.held(plan.data),
        triton_server.shared_memory(plan.data),
        Stack(Silent(), REPOSITORY, STOP_ORDER) as stack,
    ):
        wheel = triton_server.find_triton(plan.triton_environment)
        backends = triton_server.assemble_backends(
            wheel, REPOSITORY / "triton_backends", plan.data / "triton" / "backends"
        )
        libpython = triton_server.find_libpython(wheel)
        stack.start(triton_server.triton_part(wheel, backends, libpython, plan))
        stack.wait_until(lambda: triton_server.is_ready(plan.triton_ports.http), 60, "triton")
        yield plan


def scores(client: grpc.InferenceServerClient, rows: np.ndarray, version: str = "") -> np.ndarray:
    given = grpc.InferInput("rows", list(rows.shape), "UINT8")
    given.set_data_from_numpy(rows)
    answer = client.infer("tiny", [given], version, client_timeout=20)
    assert answer is not None
    scored = answer.as_numpy("scores")
    assert scored is not None
    return scored


def statistics_of(client: grpc.InferenceServerClient) -> Any:
    counted = client.get_inference_statistics("tiny")
    assert counted is not None
    return counted.model_stats[0]


def test_triton_counts_for_just_what_is_ready(tmp_path: Path) -> None:
    # A look of a worker takes the one for the other (`TritonScorer.check`).
    write_network(tmp_path / "repository")

    def told() -> tuple[list[str], bool]:
        answer: Any = client.get_inference_statistics()
        return [one.name for one in answer.model_stats], bool(client.is_model_ready("tiny", "1"))

    with triton(tmp_path) as plan, grpc.InferenceServerClient(plan.triton_url) as client:
        control = f"http://{HOST}:{plan.triton_ports.http}/v2/repository/models/tiny"
        with httpx.Client(headers={KEY_HEADER: plan.control_key}, timeout=60) as operator:
            loaded = told()
            operator.post(f"{control}/unload").raise_for_status()
            unloaded = told()
            operator.post(f"{control}/load").raise_for_status()
            again = told()

    assert (loaded, unloaded, again) == ((["tiny"], True), ([], False), (["tiny"], True))


def test_concurrent_requests_are_joined_and_each_gets_its_own_rows(tmp_path: Path) -> None:
    write_network(tmp_path / "repository", joins_within_us=LONG_US)
    random = np.random.default_rng(7)
    batches = [random.integers(0, 255, (1 + i % 4, WIDTH), dtype=np.uint8) for i in range(64)]

    with triton(tmp_path) as plan, grpc.InferenceServerClient(plan.triton_url) as client:
        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda rows: scores(client, rows), batches))
        # Triton counts a row a little after it has answered.
        until(lambda: statistics_of(client).inference_count >= sum(map(len, batches)))
        statistics = statistics_of(client)

    for rows, answer in zip(batches, answers, strict=True):
        np.testing.assert_array_equal(answer, 2.0 * rows.sum(axis=1, keepdims=True))
    assert statistics.inference_count == sum(len(rows) for rows in batches)
    assert statistics.execution_count < len(batches) / 2


def test_a_request_of_the_wrong_shape_is_refused_and_the_next_is_answered(tmp_path: Path) -> None:
    write_network(tmp_path / "repository")

    with triton(tmp_path) as plan, grpc.InferenceServerClient(plan.triton_url) as client:
        with pytest.raises(InferenceServerException):
            scores(client, np.zeros((2, WIDTH + 1), np.uint8))
        answer = scores(client, np.ones((2, WIDTH), np.uint8))

    np.testing.assert_array_equal(answer, [[16.0], [16.0]])


@pytest.mark.parametrize(
    ("tampered", "manifest", "reason"),
    [
        (True, True, "is not the network of its manifest"),
        (False, False, "no usable manifest"),
    ],
)
def test_weights_that_do_not_match_their_manifest_are_not_served(
    tmp_path: Path, tampered: bool, manifest: bool, reason: str
) -> None:
    write_network(tmp_path / "repository", tampered=tampered, manifest=manifest)

    with pytest.raises(PartDied, match=reason) as died, triton(tmp_path):
        pass

    assert died.value.name == "triton"
