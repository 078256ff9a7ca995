"""The line between a browser and the service, which can break under what is on its way."""

import socket
import threading
from contextlib import suppress
from typing import Final

PIECE: Final = 16 * 2**10


class Line:
    """Forwards connections; after so many bytes from the browser it breaks, until it is mended."""

    def __init__(self, port: int, *, breaks_after: int) -> None:
        self._target = ("127.0.0.1", port)
        self._left = breaks_after
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        """Whether it is broken does not change while a connection is added."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._broken = threading.Event()
        self._mended = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def url(self) -> str:
        """Where the service is found through this line."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def wait_until_broken(self) -> None:
        """Wait until so many bytes have passed."""
        assert self._broken.wait(60), "nothing broke the line"

    def mend(self) -> None:
        """Let everything pass from now on."""
        self._mended.set()

    def close(self) -> None:
        """Take the line away."""
        self._listener.close()
        self._drop()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                browser, _ = self._listener.accept()
                with self._lock:
                    if self._broken.is_set() and not self._mended.is_set():
                        browser.close()
                        continue
                    service = socket.create_connection(self._target)
                    self._open += [browser, service]
                for ends in ((browser, service), (service, browser)):
                    counted = ends[0] is browser
                    threading.Thread(
                        target=self._carry, args=ends, kwargs={"counted": counted}, daemon=True
                    ).start()

    def _carry(self, start: socket.socket, end: socket.socket, *, counted: bool) -> None:
        with suppress(OSError):
            while piece := start.recv(PIECE):
                end.sendall(piece)
                if counted and not self._broken.is_set():
                    self._left -= len(piece)
                    if self._left < 0:
                        self._drop()
        with suppress(OSError):
            end.shutdown(socket.SHUT_WR)

    def _drop(self) -> None:
        with self._lock:
            self._broken.set()
            for one in self._open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()
            self._open.clear()
