"""Recordings that carry a word, and a slow site that has them."""

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from tests.chaos.__main__ import MEDIA

SAID_BYTES: Final = 2 * 2**20
"""More than the service holds back before it writes, so that half a recording has the word."""


SHORT: Final = "single_face.mp4"
LONG: Final = "WolfgangLanger_Pexels.mp4"
"""Decoding it takes long enough to be met at it."""


def recording(word: str, name: str = SHORT) -> bytes:
    """Return a recording that carries the word, in a box that players pass over."""
    content = (MEDIA / name).read_bytes()
    said = word.encode() * (SAID_BYTES // len(word))
    return content + (len(said) + 8).to_bytes(4, "big") + b"free" + said


@contextmanager
def slow_site() -> Generator[str]:
    """Yield the address of a site that gives the recording of its path, half of it late."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = recording(self.path.strip("/"))
            self.send_response(200)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(content[: len(content) // 2])
                self.wfile.flush()
                time.sleep(1.5)
                self.wfile.write(content[len(content) // 2 :])

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
