"""What the decoder process can still do, tried out in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from worker import syscalls
from worker.decoder_process import ENVIRONMENT

ATTEMPTS = """
import ctypes, json, os, platform, socket, subprocess, sys, threading
from worker import sandbox, syscalls

parent = os.getppid()
sandbox.limit(memory_bytes=2 * 2**30, cpu_seconds=60, descriptors=16, alone=False)
not_locked = sandbox.lock()
column = syscalls.ARCHITECTURES[platform.machine()][1]
TGKILL = syscalls.TGKILL[column]
PRCTL, CAPSET, MQ_OPEN, REBOOT = (
    syscalls.REFUSED[name][column] for name in ("prctl", "capset", "mq_open", "reboot")
)

def outcome(action):
    try:
        action()
    except BaseException as error:
        return type(error).__name__
    return "allowed"

def call(number, *arguments):
    if ctypes.CDLL(None, use_errno=True).syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")

def compute_in_a_thread():
    thread = threading.Thread(target=sum, args=(range(1000),))
    thread.start()
    thread.join()

print(json.dumps({
    "not_locked": not_locked,
    "read a file": outcome(lambda: open("/etc/passwd").read()),
    "list a folder": outcome(lambda: os.listdir("/")),
    "write a file": outcome(lambda: open("new", "w")),
    "remove a file": outcome(lambda: os.unlink("/etc/hostname")),
    "open a socket": outcome(lambda: socket.socket()),
    "pair sockets": outcome(lambda: socket.socketpair()),
    "run a program": outcome(lambda: subprocess.run(["/bin/true"])),
    "replace itself": outcome(lambda: os.execv("/bin/true", ["true"])),
    "fork": outcome(lambda: os.fork()),
    "signal its parent": outcome(lambda: os.kill(parent, 0)),
    "signal a thread of its parent": outcome(lambda: call(TGKILL, parent, parent, 0)),
    "signal its own thread": outcome(lambda: call(TGKILL, os.getpid(), os.getpid(), 0)),
    "outlive its parent": outcome(lambda: call(PRCTL, 1, 0, 0, 0, 0)),
    "take capabilities back": outcome(lambda: call(CAPSET, 0, 0)),
    "make a queue of messages": outcome(lambda: call(MQ_OPEN, b"/q", 0o102, 0o600, 0)),
    "become another user": outcome(lambda: os.setuid(65534)),
    "stop the machine": outcome(lambda: call(REBOOT, 0, 0, 0, 0)),
    "allocate 3 GB": outcome(lambda: bytearray(3 * 2**30)),
    "compute": outcome(lambda: sum(range(1000))),
    "start a thread": outcome(compute_in_a_thread),
}))
"""


@pytest.fixture(scope="module")
def outcomes() -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-P", "-s", "-c", ATTEMPTS],
        env=ENVIRONMENT,
        capture_output=True,
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="the sandbox is Linux's")
@pytest.mark.parametrize(
    "attempt",
    [
        "read a file",
        "list a folder",
        "write a file",
        "remove a file",
        "open a socket",
        "pair sockets",
        "run a program",
        "replace itself",
        "fork",
        "signal its parent",
        "signal a thread of its parent",
        "outlive its parent",
        "take capabilities back",
        "make a queue of messages",
        "become another user",
        "stop the machine",
    ],
)
def test_a_locked_process_cannot(outcomes: dict[str, object], attempt: str) -> None:
    assert outcomes[attempt] == "PermissionError"


@pytest.mark.parametrize("attempt", ["compute", "start a thread", "signal its own thread"])
def test_a_locked_process_can_still(outcomes: dict[str, object], attempt: str) -> None:
    assert outcomes[attempt] == "allowed"


def test_memory_ends_where_the_limit_says(outcomes: dict[str, object]) -> None:
    assert outcomes["allocate 3 GB"] == "MemoryError"


def test_seccomp_and_no_new_privileges_hold_wherever_the_tests_run(
    outcomes: dict[str, object],
) -> None:
    # Landlock may be absent: seccomp alone lets no file be opened.
    assert outcomes["not_locked"] in ([], ["landlock"])


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_every_machine_has_a_whole_program(machine: str) -> None:
    program = syscalls.program(machine, 1000)

    assert program is not None
    assert len(program) % syscalls.INSTRUCTION_BYTES == 0


def test_a_machine_without_a_table_is_not_filtered_wrongly() -> None:
    assert syscalls.program("riscv64", 1000) is None


def test_the_numbers_are_those_of_this_machines_headers() -> None:
    # Given the kernel's own table, where it is installed,
    headers = list(Path("/usr/include").rglob("asm/unistd_64.h"))
    if not headers or os.uname().machine != "x86_64":
        pytest.skip("no kernel headers for x86_64 here")
    lines = (line.split() for line in headers[0].read_text().splitlines())
    table = {line[1]: int(line[2]) for line in lines if len(line) == 3 and line[1] != "_ASM_X86"}

    # when ours is compared with it, then no number differs.
    for name, (number, _) in syscalls.REFUSED.items():
        assert table.get(f"__NR_{name}", number) == number  # headers may be older than a call
