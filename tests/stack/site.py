"""A web site on loopback that has a recording, and some traps."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MP4_HEAD = b"\x00\x00\x00\x18ftypisom" + bytes(300)
PIECE = 2**16
LARGE = 64 * 2**20
MOVED = {
    "/moved": "/visit.mp4",
    "/inside": "http://169.254.169.254/",
    "/round": "/round",
}


class Site:
    """Says what it was asked for, and how much of `/large` it got rid of."""

    def __init__(self, recording: bytes) -> None:
        self.recording = recording
        self.asked: list[str] = []
        self.given = 0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server.server_port}{path}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append(request.path)
        if request.path in MOVED:
            request.send_response(302)
            request.send_header("location", MOVED[request.path])
            request.send_header("content-length", "0")
            request.end_headers()
        elif request.path.startswith("/none"):
            request.send_error(404)
        elif request.path == "/large":
            self._give(request)
        else:
            request.send_response(200)
            request.send_header("content-length", str(len(self.recording)))
            request.end_headers()
            request.wfile.write(self.recording)

    def _give(self, request: BaseHTTPRequestHandler) -> None:
        """Give a recording whose length is not told, until nobody takes it any more."""
        request.send_response(200)
        request.end_headers()
        request.wfile.write(MP4_HEAD)
        while self.given < LARGE:
            request.wfile.write(bytes(PIECE))
            self.given += PIECE


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                site.answer(self)
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler
