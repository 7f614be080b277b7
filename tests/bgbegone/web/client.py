"""A client that says exactly what it is told, and may stop in the middle."""

import contextlib
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass

HEAD = b"Host: localhost\r\n"


@dataclass
class Line:
    """An open connection."""

    socket: socket.socket

    def say(self, *words: bytes) -> "Line":
        self.socket.sendall(b"".join(words))
        return self

    def hear(self, seconds: float = 30) -> bytes:
        """Everything until the server closes, or is silent for too long."""
        heard, end = b"", time.monotonic() + seconds
        while time.monotonic() < end:
            self.socket.settimeout(max(end - time.monotonic(), 0.01))
            try:
                piece = self.socket.recv(65536)
            except (TimeoutError, ConnectionResetError):
                break
            if not piece:
                break
            heard += piece
        return heard

    def is_closed(self, seconds: float = 30) -> bool:
        """Whether the server ends it within so many seconds, whatever it says before."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                if not self.socket.recv(65536):
                    return True
            except TimeoutError:
                return False
            except OSError:
                return True
        return False


@contextlib.contextmanager
def connected(port: int) -> Iterator[Line]:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        yield Line(connection)


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def statuses_of(answers: bytes) -> list[int]:
    """The status of each answer that came over one connection."""
    return [int(part[:3]) for part in answers.split(b"HTTP/1.1 ")[1:]]


def get(port: int, path: str = "/healthz") -> bytes:
    with connected(port) as line:
        return line.say(f"GET {path} HTTP/1.1\r\n".encode(), HEAD, b"Connection: close\r\n\r\n").hear()
