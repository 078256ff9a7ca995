"""A backend process that died is noticed, and its network loaded again, whoever started Triton."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from launch.backend_watch import (
    RESTS,
    STUB,
    THOROUGH_EVERY,
    BackendWatch,
    Control,
    NotLoaded,
    all_run,
    backends_of,
)


@dataclass
class World:
    """A Triton with two networks of one process each, and somebody who looks after it."""

    ready: Counter[str] = field(default_factory=lambda: Counter(hmhn=1, expression=1))
    running: dict[int, str] = field(default_factory=lambda: {11: "hmhn", 12: "expression"})
    loaded: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    asked: int = 0
    refuses: bool = False
    away: bool = False

    def __post_init__(self) -> None:
        self.watch = BackendWatch(
            self,
            self.said.append,
            lambda _: self.running,
            lambda _, known: known <= self.running.keys(),
        )

    def expected(self) -> Counter[str]:
        self.asked += 1
        if self.away:
            raise ConnectionRefusedError
        return self.ready

    def load_again(self, network: str) -> None:
        if self.refuses:
            raise NotLoaded("out of memory")
        self.loaded.append(network)
        self.ready[network] = 1
        self.running = {**self.running, max(self.running) + 1: network}

    def look(self, times: int = 1, server: int = 0) -> None:
        for _ in range(times):
            self.watch.look(server)

    def lose(self, network: str) -> None:
        self.running = {pid: name for pid, name in self.running.items() if name != network}


def test_while_all_run_triton_is_asked_once_and_nothing_is_loaded():
    world = World()

    world.look(times=5)

    assert (world.asked, world.loaded, world.said) == (1, [], [])


def test_a_network_whose_process_died_is_loaded_again_once_and_no_other_is():
    world = World()
    world.look()
    world.lose("hmhn")

    world.look(times=5)

    assert world.loaded == ["hmhn"]
    assert world.said[0] == "a backend process of hmhn died; the network is loaded again"
    assert world.said[-1] == "hmhn is loaded again"


def test_one_of_two_versions_that_lost_its_process_is_enough():
    world = World(ready=Counter(hmhn=2), running={11: "hmhn", 12: "hmhn"})
    world.look()
    del world.running[12]

    world.look(times=2)

    assert world.loaded == ["hmhn"]


def test_a_process_that_comes_a_moment_late_is_waited_for():
    world = World()
    world.look()
    world.ready["two_stream"] = 1

    world.running = {**world.running, 13: "expression"}
    world.look()
    world.running = {**world.running, 14: "two_stream"}
    world.look(times=3)

    assert world.loaded == []


def test_a_network_that_was_loaded_since_is_looked_after_too():
    world = World()
    world.look()
    world.ready["two_stream"] = 1
    world.running = {**world.running, 13: "two_stream"}
    world.look(times=THOROUGH_EVERY)
    world.lose("two_stream")

    world.look(times=THOROUGH_EVERY + 1)

    assert world.loaded == ["two_stream"]


def test_a_network_that_was_taken_away_on_purpose_is_let_go():
    world = World()
    world.look()
    del world.ready["hmhn"]
    world.lose("hmhn")

    world.look(times=3)

    assert world.loaded == []


def test_a_triton_that_does_not_answer_is_left_alone():
    world = World(away=True)
    world.look()
    world.lose("hmhn")

    world.look(times=3)

    assert (world.loaded, world.said) == ([], [])


def test_a_triton_that_does_not_load_it_is_told_to_end():
    # given another process in Triton's place
    world = World()
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as server:
        world.look(server=server.pid)
        world.lose("hmhn")
        world.refuses = True

        # when
        world.look(times=3 + sum(RESTS), server=server.pid)

        # then
        assert server.wait(20) == -signal.SIGTERM
    assert "hmhn was not loaded again: out of memory" in world.said


def test_a_network_that_was_unloaded_and_not_loaded_is_tried_again_though_it_is_not_ready():
    world = World()
    world.look()
    world.lose("hmhn")
    del world.ready["hmhn"]
    world.ready["hmhn"] = 1
    world.refuses = True
    world.look(times=2)
    del world.ready["hmhn"]

    world.refuses = False
    world.look(times=1 + RESTS[0])

    assert world.loaded == ["hmhn"]


def test_networks_that_are_scored_inside_of_triton_have_no_process_to_lose():
    world = World(running={})

    world.look(times=5)

    assert world.loaded == []


def test_the_backend_processes_of_a_server_are_told_by_network(tmp_path: Path):
    # given processes as the kernel shows them: two of the server's, one dead, one of another's
    def process(pid: int, parent: int, *words: str) -> None:
        folder = tmp_path / str(pid)
        folder.mkdir()
        (folder / "cmdline").write_bytes(b"".join(word.encode() + b"\0" for word in words))
        state = "S" if words else "Z"
        (folder / "stat").write_text(f"{pid} (a (name) S) {state} {parent} 1 1")

    stub, tail = f"/backends/python/{STUB}", ("1048576", "7", "/backends/python", "336")
    process(21, 7, stub, "/backends/onnxruntime/model.py", "mien_0_1_", *tail, "hmhn_0_0", "onnx")
    process(22, 7, stub, "/backends/onnxruntime/model.py", *tail, "ddl_resnet50_0_1", "onnx")
    process(23, 7)
    process(24, 8, stub, "model.py", *tail, "expression_0_0")
    process(25, 7, "/usr/bin/python3", "hmhn_0_0")

    assert backends_of(7, tmp_path) == {21: "hmhn", 22: "ddl_resnet50"}
    assert all_run(7, frozenset({21, 22}), tmp_path)
    assert not all_run(7, frozenset({21, 26}), tmp_path)
    assert not all_run(7, frozenset({21, 24}), tmp_path)
    assert not all_run(7, frozenset({21, 23}), tmp_path)


def test_processes_that_end_while_they_are_counted_do_no_harm():
    assert backends_of(os.getpid()) == {}


@dataclass
class Triton:
    """The HTTP side of one, with a network that has two versions of two instances each."""

    server: ThreadingHTTPServer
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    status: int = 200

    def answer(self, path: str) -> object:
        if path.endswith("/index"):
            return [{"name": "hmhn", "version": n, "state": "READY"} for n in "12"]
        return {"instance_group": [{"count": 2, "kind": "KIND_CPU"}]}


@pytest.fixture
def triton() -> Iterator[Triton]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            found.asked.append((self.path, self.headers["mien-control-key"]))
            said = b"" if "/models/hmhn/" in self.path and self.command == "POST" else None
            body = json.dumps(found.answer(self.path)).encode() if said is None else said
            self.send_response(found.status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    found = Triton(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
    threading.Thread(target=found.server.serve_forever, args=(0.01,), daemon=True).start()
    yield found
    found.server.shutdown()
    found.server.server_close()


def test_every_version_has_its_instances_and_every_question_carries_the_key(triton: Triton):
    control = Control("127.0.0.1", triton.server.server_port, "word")

    assert control.expected() == Counter(hmhn=4)
    control.load_again("hmhn")

    assert [path for path, _ in triton.asked[-2:]] == [
        "/v2/repository/models/hmhn/unload",
        "/v2/repository/models/hmhn/load",
    ]
    assert {key for _, key in triton.asked} == {"word"}
    assert "word" not in repr(control)


def test_a_load_that_is_refused_is_told_with_tritons_words(triton: Triton):
    triton.status = 400
    control = Control("127.0.0.1", triton.server.server_port, "word")

    with pytest.raises(NotLoaded, match=r"models/hmhn/load: 400"):
        control.load_again("hmhn")


def test_the_watch_of_a_container_ends_with_its_server(tmp_path: Path):
    # given a server that lives for a moment, started as its container starts it
    version = tmp_path / "networks" / "hmhn" / "1"
    version.mkdir(parents=True)
    (version.parent / "config.pbtxt").touch()
    (version / "model.onnx").touch()
    server = tmp_path / "tritonserver"
    server.write_text("#!/bin/sh\nsleep 0.3\n")
    server.chmod(0o755)
    line = [sys.executable, "-m", "launch.triton_image", "cpu"]

    # when
    started = subprocess.Popen(
        [*line, "--repository", str(version.parents[1])],
        env={"PATH": f"{tmp_path}:{os.defpath}"},
        stdout=subprocess.PIPE,
    )
    began = time.monotonic()
    started.communicate(timeout=30)  # returns when nobody holds its output any more

    # then
    assert started.returncode == 0
    assert time.monotonic() - began < 20
