"""The seccomp filter of the decoder: which system calls are refused, as a BPF program.

A list of what is refused, not of what is allowed: C libraries change their calls from
release to release, and a decoder that dies of a harmless one is no safer.
"""

import errno
import struct
from collections.abc import Iterator
from typing import Final

INSTRUCTION_BYTES: Final = 8

LOAD: Final = 0x20  # A = word at offset k of seccomp_data
JUMP_EQUAL: Final = 0x15
JUMP_AT_LEAST: Final = 0x35
JUMP_SET: Final = 0x45
RETURN: Final = 0x06

ALLOW: Final = 0x7FFF0000
KILL: Final = 0x80000000
REFUSE: Final = 0x00050000

OFFSET_CALL: Final = 0
OFFSET_ARCHITECTURE: Final = 4
OFFSET_FIRST_ARGUMENT: Final = 16
CLONE_THREAD: Final = 0x00010000
X32_CALLS: Final = 0x40000000

ARCHITECTURES: Final = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
"""Machine, to its audit number and its column in the tables below."""

CLONE: Final = (56, 220)
CLONE3: Final = (435, 435)
TGKILL: Final = (234, 131)

REFUSED: Final[dict[str, tuple[int | None, int | None]]] = {
    # Files: the recording is open already, nothing else ever is.
    "open": (2, None),
    "creat": (85, None),
    "openat": (257, 56),
    "openat2": (437, 437),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "truncate": (76, 45),
    "rename": (82, None),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "mkdir": (83, None),
    "mkdirat": (258, 34),
    "rmdir": (84, None),
    "link": (86, None),
    "linkat": (265, 37),
    "unlink": (87, None),
    "unlinkat": (263, 35),
    "symlink": (88, None),
    "symlinkat": (266, 36),
    "chmod": (90, None),
    "fchmodat": (268, 53),
    "chown": (92, None),
    "fchownat": (260, 54),
    "fchmodat2": (452, 452),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    # Network.
    "socket": (41, 198),
    "connect": (42, 203),
    "accept": (43, 202),
    "accept4": (288, 242),
    "sendto": (44, 206),
    "sendmsg": (46, 211),
    "sendmmsg": (307, 269),
    "bind": (49, 200),
    "listen": (50, 201),
    "socketpair": (53, 199),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    # Other programs and processes.
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "kill": (62, 129),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "pidfd_getfd": (438, 438),
    "prlimit64": (302, 261),
    "setpriority": (141, 140),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "sched_setattr": (314, 274),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    "kcmp": (312, 272),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    # What was taken away before; nothing of it comes back.
    "prctl": (157, 167),
    "setuid": (105, 146),
    "setgid": (106, 144),
    "setresuid": (117, 147),
    "setresgid": (119, 149),
    "setgroups": (116, 159),
    "capset": (126, 91),
    # The kernel itself.
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "mount_setattr": (442, 442),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "fanotify_init": (300, 262),
    "personality": (135, 92),
    "syslog": (103, 116),
    "acct": (163, 89),
    "swapon": (167, 224),
    "reboot": (169, 142),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "clock_settime": (227, 112),
    "settimeofday": (164, 170),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "sethostname": (170, 161),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
}
"""Name, to its number on x86_64 and on aarch64 (None: the machine has no such call)."""


def program(machine: str, process: int) -> bytes | None:
    """Return the filter for `prctl(PR_SET_SECCOMP)`, or None for a machine without a table.

    `process` is the id of the process that it is for: it may signal its own threads, which is
    how a C library aborts, and nobody else's.
    """
    if machine not in ARCHITECTURES:
        return None
    audit, column = ARCHITECTURES[machine]
    return b"".join(struct.pack("<HBBI", *step) for step in _steps(audit, column, process))


def _steps(audit: int, column: int, process: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield (code, jump if true, jump if false, operand)."""
    yield LOAD, 0, 0, OFFSET_ARCHITECTURE
    yield JUMP_EQUAL, 1, 0, audit
    yield RETURN, 0, 0, KILL
    yield LOAD, 0, 0, OFFSET_CALL
    yield JUMP_AT_LEAST, 0, 1, X32_CALLS
    yield RETURN, 0, 0, KILL
    # The C library tries clone3 first and falls back on clone, whose flags can be read.
    yield JUMP_EQUAL, 0, 1, CLONE3[column]
    yield RETURN, 0, 0, REFUSE | errno.ENOSYS
    yield JUMP_EQUAL, 0, 4, CLONE[column]
    yield LOAD, 0, 0, OFFSET_FIRST_ARGUMENT
    yield JUMP_SET, 0, 1, CLONE_THREAD
    yield RETURN, 0, 0, ALLOW
    yield RETURN, 0, 0, REFUSE | errno.EPERM
    yield JUMP_EQUAL, 0, 4, TGKILL[column]
    yield LOAD, 0, 0, OFFSET_FIRST_ARGUMENT
    yield JUMP_EQUAL, 0, 1, process
    yield RETURN, 0, 0, ALLOW
    yield RETURN, 0, 0, REFUSE | errno.EPERM
    for numbers in REFUSED.values():
        if (number := numbers[column]) is not None:
            yield JUMP_EQUAL, 0, 1, number
            yield RETURN, 0, 0, REFUSE | errno.EPERM
    yield RETURN, 0, 0, ALLOW
