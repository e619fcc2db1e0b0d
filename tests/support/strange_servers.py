"""Servers that answer as no office does, on loopback, each connection in a thread of its own."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Handle = Callable[[socket.socket], None]
HEAD_SECONDS = 10.0


@contextmanager
def strange(handle: Handle, tls: ssl.SSLContext | None = None) -> Iterator[tuple[str, list[bytes]]]:
    """A server that does `handle` with each connection once a request has come; gives its URL and what came."""
    came: list[bytes] = []
    lines: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def one(line: socket.socket) -> None:
            with suppress(OSError):
                line.settimeout(HEAD_SECONDS)
                spoken = line if tls is None else tls.wrap_socket(line, server_side=True)
                lines.append(spoken)
                came.append(spoken.recv(65536))
                handle(spoken)
                spoken.close()

        def serve() -> None:
            while True:
                try:
                    line, _ = listening.accept()
                except OSError:
                    return
                lines.append(line)
                threading.Thread(target=one, args=(line,), daemon=True).start()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            scheme = "http" if tls is None else "https"
            yield f"{scheme}://localhost:{listening.getsockname()[1]}", came
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()
            for line in lines:
                line.close()


def says(answer: bytes) -> Handle:
    """Answers with these bytes and hangs up."""
    return lambda line: line.sendall(answer)


def http(status: str, kind: str, body: bytes, *more: str) -> bytes:
    """A whole answer of HTTP/1.1."""
    head = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", "Connection: close", *more]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body
