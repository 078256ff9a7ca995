"""A new version of a network while the embedded Triton answers with the old one."""

import json
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np
import pytest
from tritonclient import grpc
from tritonclient.utils import InferenceServerException

from launch.parts import HOST, Plan
from launch.triton_control import write_control_file
from launch.triton_server import is_ready
from tests.stack.test_launch_triton import scores, triton
from tests.stack.tiny_network import WIDTH, tiny_network, write_network
from tests.stack.waiting import until
from training.faults import LoadRefused
from training.loading import Server, find_server, load
from training.release import load_or_withdraw
from training.repository import Measured, ModelFolder

pytestmark = [
    pytest.mark.stack,
    pytest.mark.skipif(sys.platform != "linux", reason="Triton's wheel is for Linux"),
]

ROWS = np.ones((2, WIDTH), np.uint8)
MEASURED = Measured(None, None, {"tolerance": 1e-4, "max_abs_difference": 0.0}, None, 1.0)


class Caller:
    """Asks version 1 over and over, as a worker that started with it does."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._ended = threading.Event()
        self.answers: list[np.ndarray] = []
        self.faults: list[Exception] = []

    def __call__(self) -> None:
        with grpc.InferenceServerClient(self._address) as client:
            while not self._ended.is_set():
                try:
                    self.answers.append(scores(client, ROWS, "1"))
                except InferenceServerException as error:
                    self.faults.append(error)

    def wait_for(self, count: int) -> None:
        """Wait until so many answers came, or one request failed."""
        until(lambda: len(self.answers) >= count or bool(self.faults), 60)

    @contextmanager
    def calling(self) -> Generator[None]:
        thread = threading.Thread(target=self)
        thread.start()
        try:
            yield
        finally:
            self._ended.set()
            thread.join(30)


def next_version(folder: Path, content: bytes) -> ModelFolder:
    (folder / "statics" / "tiny").mkdir(parents=True, exist_ok=True)
    (folder / "statics" / "tiny" / "manifest.json").write_text(json.dumps({"name": "tiny"}))
    statics = folder / "statics"
    made = ModelFolder(folder / "repository", "tiny", statics=statics).next_version()
    made.write(content, "0" * 64, MEASURED)
    return made


def process_of(plan: Plan) -> int:
    """Return the process that listens on the plan's port; there is exactly one."""
    port = f"--grpc-port={plan.triton_ports.grpc}".encode()
    commands = {int(path.parent.name): path for path in Path("/proc").glob("[0-9]*/cmdline")}
    (found,) = [pid for pid, path in commands.items() if port in read(path).split(b"\0")]
    return found


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # the process ended meanwhile
        return b""


def control_file(plan: Plan) -> str:
    return str(write_control_file(plan))


def test_a_version_is_loaded_while_the_one_before_answers_every_request(tmp_path: Path) -> None:
    # given a Triton with version 1, and a caller that never stops asking it
    write_network(tmp_path / "repository")
    with triton(tmp_path) as plan, grpc.InferenceServerClient(plan.triton_url) as client:
        process, caller = process_of(plan), Caller(plan.triton_url)
        with caller.calling():
            caller.wait_for(1)
            before = len(caller.answers)

            # when version 2, three times the sum, is released
            made = next_version(tmp_path, tiny_network(3.0))
            load_or_withdraw(made, control_file(plan), print)
            during = len(caller.answers)
            second = scores(client, ROWS, "2")
            newest = scores(client, ROWS)
            caller.wait_for(during + 20)
        process_after = process_of(plan)

    # then both answer, and no request failed; one that names no version gets the newest
    assert made.version == "2"
    assert process_after == process
    np.testing.assert_array_equal(second, [[24.0], [24.0]])
    np.testing.assert_array_equal(newest, second)
    assert caller.faults == []
    assert during > before
    for answer in caller.answers:
        np.testing.assert_array_equal(answer, [[16.0], [16.0]])


def test_a_graph_that_is_not_its_manifests_is_refused_and_the_old_version_goes_on(
    tmp_path: Path,
) -> None:
    # given version 2, altered after its manifest was written
    write_network(tmp_path / "repository")
    with triton(tmp_path) as plan, grpc.InferenceServerClient(plan.triton_url) as client:
        made = next_version(tmp_path, tiny_network(3.0))
        made.graph.write_bytes(tiny_network(5.0))

        # when it is to be loaded
        with pytest.raises(LoadRefused, match="not the network of its manifest"):
            load_or_withdraw(made, control_file(plan), print)

        # then it is gone, version 1 goes on, and a right version 2 can follow
        assert not made.graph.parent.exists()
        assert is_ready(plan.triton_ports.http)
        np.testing.assert_array_equal(scores(client, ROWS, "1"), [[16.0], [16.0]])
        again = next_version(tmp_path, tiny_network(3.0))
        load_or_withdraw(again, control_file(plan), print)
        np.testing.assert_array_equal(scores(client, ROWS, "2"), [[24.0], [24.0]])


def test_only_who_has_the_key_of_the_stack_may_load(tmp_path: Path) -> None:
    # given
    write_network(tmp_path / "repository")
    with triton(tmp_path) as plan:
        path = write_control_file(plan)

        # when somebody without the key, or with a wrong one, asks for a load
        wrong = Server(plan.triton_url, dict.fromkeys(find_server(str(path)).headers, "x"))
        for stranger in (Server(plan.triton_url), wrong):
            with pytest.raises(LoadRefused, match="does not load tiny"):
                load(stranger, "tiny", "1")
        address = f"http://{HOST}:{plan.triton_ports.http}/v2/repository/models/tiny/unload"
        answer = httpx.post(address, json={}, timeout=20, trust_env=False)

        # then nothing changes, and the owner still can
        assert answer.status_code == httpx.codes.FORBIDDEN
        assert is_ready(plan.triton_ports.http)
        load(find_server(str(path)), "tiny", "1")
        assert path.stat().st_mode & 0o777 == 0o600
