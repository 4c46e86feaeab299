"""The stand-in behind a real socket, for what link.py and the command line do with HTTP."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from handhelds.reference.answers import Call
from tests.handhelds.double import Double


@contextmanager
def listening(double: Double) -> Iterator[str]:
    """Serve the stand-in on a free port; yields its address. A lost reply closes the line."""

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            secret = self.headers.get("Authorization", "").removeprefix("Bearer ") or None
            reply = double.send(Call("POST", self.path, body, secret))
            if reply is None:
                self.close_connection = True
                return
            pressed = gzip.compress(reply.body)
            self.send_response(reply.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(pressed)))
            self.end_headers()
            self.wfile.write(pressed)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the test looks at `double.calls`."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
