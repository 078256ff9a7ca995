"""Ports, folders, programs and libraries: what the machine must offer, and what is said if not."""

import socket
from pathlib import Path

import pytest

from launch import data_folder
from launch.embedded import make_api_key, plan_for, require_models
from launch.faults import DataFolderInUse, LaunchFault, MissingProgram, PortInUse, how_it_ended
from launch.ports import free_ports, require_free
from launch.redis_server import answers, find_redis_server, version_of
from launch.triton_server import (
    STUB,
    TritonWheel,
    assemble_backends,
    find_libpython,
    find_triton,
    shared_memory,
    shared_memory_prefix,
)

HOST = "127.0.0.1"
NOBODY_ELSES = "127.83.61.7"
"""A loopback address of this file's own: on it no other test takes a port between two lines."""


def wheel_at(environment: Path) -> TritonWheel:
    site_packages = environment / "lib" / "python3.11" / "site-packages"
    server = site_packages / "pytriton" / "tritonserver"
    for name in (
        "bin/tritonserver",
        "backends/python/libtriton_python.so",
        f"python_backend_stubs/3.11/{STUB}",
    ):
        (server / name).parent.mkdir(parents=True, exist_ok=True)
        (server / name).write_text(name)
    (environment / "pyvenv.cfg").write_text(f"home = {environment}/base/bin\nversion = 3.11.7\n")
    return TritonWheel(environment, site_packages, "3.11")


def test_a_listening_port_is_in_use() -> None:
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(PortInUse, match=f"port {port} .* --port"):
            require_free(HOST, port)


def test_free_ports_are_free_and_different() -> None:
    ports = free_ports(NOBODY_ELSES, 4)

    assert len(set(ports)) == 4
    for port in ports:
        require_free(NOBODY_ELSES, port)


def test_the_port_that_was_asked_for_is_given_to_nobody_else() -> None:
    # Given to sockets by the system, a port comes round again in a while: so ask for many at once.
    asked = free_ports(NOBODY_ELSES, 1)[0]

    found = [port for _ in range(20) for port in free_ports(NOBODY_ELSES, 400, but=asked)]

    assert len(found) == 8000
    assert asked not in found


def test_a_data_folder_is_private_and_held_once(tmp_path: Path) -> None:
    data = tmp_path / "data"

    with data_folder.held(data):
        with pytest.raises(DataFolderInUse, match=r"process \d+"), data_folder.held(data):
            pass
        assert {path.stat().st_mode & 0o777 for path in (data, *data.glob("*/"))} == {0o700}
    with data_folder.held(data):
        pass


def test_a_data_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")

    with (
        pytest.raises(LaunchFault, match="cannot use the data folder"),
        data_folder.held(tmp_path / "data"),
    ):
        pass


def test_the_bundled_redis_serves_when_path_has_none(tmp_path: Path) -> None:
    program = find_redis_server({"PATH": str(tmp_path)})

    assert program.name == "redis-server"
    assert version_of(program)[0].isdigit()


def test_a_redis_on_path_goes_first(tmp_path: Path) -> None:
    mine = tmp_path / "redis-server"
    mine.write_text("#!/bin/sh\n")
    mine.chmod(0o755)

    assert find_redis_server({"PATH": str(tmp_path)}) == mine


def test_an_absent_redis_does_not_answer(tmp_path: Path) -> None:
    assert not answers(tmp_path / "redis.sock")


def test_a_missing_triton_is_said(tmp_path: Path) -> None:
    with pytest.raises(MissingProgram, match="nvidia-pytriton"):
        find_triton(tmp_path)


def test_a_triton_is_found_with_its_python_version(tmp_path: Path) -> None:
    wheel = wheel_at(tmp_path)

    assert find_triton(tmp_path) == wheel


def test_libpython_is_looked_for_where_the_environment_comes_from(tmp_path: Path) -> None:
    wheel = wheel_at(tmp_path)
    library = tmp_path / "base" / "lib" / "libpython3.11.so.1.0"
    library.parent.mkdir(parents=True)
    library.write_text("")

    assert find_libpython(wheel) == library.parent


def test_a_missing_libpython_is_said_with_what_to_install(tmp_path: Path) -> None:
    wheel = wheel_at(tmp_path)
    other = TritonWheel(wheel.environment, wheel.site_packages, "3.99")

    with pytest.raises(
        MissingProgram, match=r"libpython3\.99\.so.*install Debian's libpython3\.99"
    ):
        find_libpython(other)


def test_the_backend_directory_holds_the_stub_and_our_models(tmp_path: Path) -> None:
    wheel = wheel_at(tmp_path / "environment")
    (tmp_path / "ours" / "onnxruntime").mkdir(parents=True)
    (tmp_path / "ours" / "onnxruntime" / "model.py").write_text("")

    backends = assemble_backends(wheel, tmp_path / "ours", tmp_path / "backends")

    files = {str(path.relative_to(backends)) for path in backends.rglob("*") if path.is_file()}
    assert files == {"python/libtriton_python.so", f"python/{STUB}", "onnxruntime/model.py"}


def test_only_the_regions_of_this_data_folder_are_removed(tmp_path: Path) -> None:
    mine, other = Path("/data/mine"), Path("/data/other")
    regions = {data: tmp_path / f"{shared_memory_prefix(data)}1" for data in (mine, other)}
    for region in regions.values():
        region.write_text("")

    with shared_memory(mine, tmp_path):
        left_at_start = regions[mine].exists()
        regions[mine].write_text("")

    assert not left_at_start
    assert not regions[mine].exists()
    assert regions[other].exists()


def test_missing_weights_are_said_with_the_command_that_builds_them(tmp_path: Path) -> None:
    (tmp_path / "model_repository" / "hmhn").mkdir(parents=True)
    (tmp_path / "model_repository" / "hmhn" / "config.pbtxt").write_text("")

    with (
        plan_for(tmp_path, tmp_path / "data", None, None, {}) as plan,
        pytest.raises(LaunchFault, match=r"detector.*any network in .*make weights"),
    ):
        require_models(plan)


def test_a_made_key_is_long_and_new() -> None:
    assert len(make_api_key()) == len("sk_live_") + 43
    assert make_api_key() != make_api_key()


@pytest.mark.parametrize(
    ("returncode", "said"),
    [
        (0, "ended with code 0"),
        (3, "ended with code 3"),
        (-9, "was killed by SIGKILL"),
        (-99, "was killed by signal 99"),
    ],
)
def test_an_end_is_put_into_words(returncode: int, said: str) -> None:
    assert how_it_ended(returncode) == said
