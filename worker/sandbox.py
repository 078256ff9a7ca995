"""What the decoder process takes away from itself before it touches a recording.

    die_with(parent)   the kernel kills it when its worker is gone
    limit(...)         address space, processor time, no files written, no core dump, no child
    lock()             no capabilities, no new privileges, Landlock (no path opens), seccomp
                       (a list of calls)

The recording is an open descriptor, so that nothing has to be opened afterwards:
no file, no socket, no program. Needs neither root nor a container. Linux only;
elsewhere the limits alone hold, and the worker says so once in its log.
"""

import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from typing import Final

from worker import syscalls

CAPABILITY_VERSION: Final = 0x20080522
PR_SET_PDEATHSIG: Final = 1
PR_SET_SECCOMP: Final = 22
PR_SET_NO_NEW_PRIVS: Final = 38
SECCOMP_MODE_FILTER: Final = 2
SYS_LANDLOCK_CREATE_RULESET: Final = 444
SYS_LANDLOCK_RESTRICT_SELF: Final = 446
LANDLOCK_QUERY_VERSION: Final = 1

CPU_GRACE_S: Final = 5

LANDLOCK_RIGHTS: Final = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many file rights each version of Landlock can take away."""


def die_with(parent: int) -> None:
    """Have the kernel kill this process when `parent` ends; exit if it already has."""
    if sys.platform != "linux":
        return
    _libc().prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def limit(*, memory_bytes: int, cpu_seconds: int, descriptors: int, alone: bool) -> None:
    """Bound what this process may use; `alone` says that it needs no thread beside its first.

    RLIMIT_NPROC counts the threads of all processes of a user, so no number but none can be said
    beforehand; for root it does not hold. Where threads are needed, seccomp refuses processes.
    """
    bounds = {
        resource.RLIMIT_AS: (memory_bytes, memory_bytes),
        # The first ends it by SIGXCPU, which tells the worker why.
        resource.RLIMIT_CPU: (cpu_seconds, cpu_seconds + CPU_GRACE_S),
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_NOFILE: (descriptors, descriptors),
        resource.RLIMIT_CORE: (0, 0),
    }
    if alone:
        bounds[resource.RLIMIT_NPROC] = (0, 0)
    for which, (soft, hard) in bounds.items():
        _, ceiling = resource.getrlimit(which)
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        resource.setrlimit(which, (soft, hard))


def lock() -> list[str]:
    """Give up everything but computing and the open descriptors; return what was refused.

    An empty list says that all four locks hold. Seccomp comes last: it bars the calls of others.
    """
    locks = {
        "capabilities": _no_capabilities,
        "no_new_privs": _no_new_privileges,
        "landlock": _landlock,
        "seccomp": _seccomp,
    }
    if sys.platform != "linux":
        return list(locks)
    return [name for name, engage in locks.items() if not engage()]


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _no_capabilities() -> bool:
    """Give up what root may do, for where the worker runs as root."""
    header = struct.pack("<Ii", CAPABILITY_VERSION, 0)
    return _libc().capset(header, bytes(24)) == 0


def _no_new_privileges() -> bool:
    return _libc().prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0


def _landlock() -> bool:
    """Take away every path; no rule gives one back."""
    libc = _libc()
    version = libc.syscall(SYS_LANDLOCK_CREATE_RULESET, None, 0, LANDLOCK_QUERY_VERSION)
    if version < 1:
        return False
    files = (1 << LANDLOCK_RIGHTS[min(version, max(LANDLOCK_RIGHTS))]) - 1
    network = 0b11 if version >= 4 else 0  # Neither bind nor connect TCP.
    scopes = 0b11 if version >= 6 else 0  # Neither abstract sockets nor signals outside.
    words = 1 + (version >= 4) + (version >= 6)
    rules = struct.pack("<QQQ", files, network, scopes)[: 8 * words]
    ruleset = libc.syscall(SYS_LANDLOCK_CREATE_RULESET, rules, len(rules), 0)
    if ruleset < 0:
        return False
    try:
        return libc.syscall(SYS_LANDLOCK_RESTRICT_SELF, ruleset, 0) == 0
    finally:
        os.close(ruleset)


def _seccomp() -> bool:
    program = syscalls.program(platform.machine(), os.getpid())
    if program is None:
        return False
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // syscalls.INSTRUCTION_BYTES, _address(code))
    return _libc().prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header, 0, 0) == 0


def _address(buffer: "ctypes.Array[ctypes.c_char]") -> int:
    return ctypes.addressof(buffer)
