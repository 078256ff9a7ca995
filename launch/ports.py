"""TCP ports on loopback: taken ones, free ones."""

import socket
from contextlib import ExitStack

from launch.faults import PortInUse


def require_free(host: str, port: int) -> None:
    """Raise `PortInUse` when something listens on the port."""
    with socket.socket() as probe:
        # As servers bind: a connection that just ended does not count as in use.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortInUse(host, port) from error


def free_ports(host: str, count: int, *, but: int | None = None) -> list[int]:
    """Return ports that were free a moment ago, all different, and different from one."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count + 1)]
        for one in sockets:
            one.bind((host, 0))
        ports = [one.getsockname()[1] for one in sockets]
    return [port for port in ports if port != but][:count]
