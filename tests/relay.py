"""A line between two programs that can be cut and mended, and that counts what goes over it."""

import contextlib
import socket
import threading
from collections.abc import Iterator

_BYTES = 1 << 16


class Relay:
    """Listens on a port of its own and passes everything on to `target`, a port of this machine."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._server = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._is_cut = False
        self.port: int = self._server.getsockname()[1]
        self.bytes_there = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Break every connection, and let no new one through."""
        with self._lock:
            self._is_cut = True
            for end in self._open:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        with self._lock:
            self._is_cut = False

    def close(self) -> None:
        self._server.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        with contextlib.ExitStack() as ends:
            ends.enter_context(near)
            try:
                far = ends.enter_context(socket.create_connection(("127.0.0.1", self._target), timeout=10))
            except OSError:
                return
            far.settimeout(None)
            with self._lock:
                if self._is_cut:
                    return
                self._open |= {near, far}
            back = threading.Thread(target=self._pass, args=(far, near), daemon=True)
            back.start()
            self._pass(near, far, is_counted=True)
            back.join()
            with self._lock:
                self._open -= {near, far}

    def _pass(self, source: socket.socket, target: socket.socket, *, is_counted: bool = False) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_BYTES):
                if is_counted:
                    with self._lock:
                        self.bytes_there += len(data)
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def relay(target: int) -> Iterator[Relay]:
    made = Relay(target)
    try:
        yield made
    finally:
        made.close()
