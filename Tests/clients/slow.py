"""A slow connection to the server: one rate limit for both directions and all connections."""

import socket
import threading
import time


class Line:
    """`with Line(server, bytes_per_second)`: connections to its endpoint are forwarded to the server."""

    def __init__(self, server, bytes_per_second):
        self.rate, self._free, self._lock = bytes_per_second, time.monotonic(), threading.Lock()
        self._address = (server.host, server.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._address)
            for ends in ((client, server), (server, client)):
                threading.Thread(target=self._pass_on, args=ends, daemon=True).start()

    def _pass_on(self, source, target):
        try:
            while piece := source.recv(16 << 10):
                self._wait(len(piece))
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)
        except OSError:  # One end is closed, so the other is closed too.
            for end in (source, target):
                end.close()

    def _wait(self, byte_count):
        with self._lock:
            self._free = max(self._free, time.monotonic()) + byte_count / self.rate
            pause = self._free - time.monotonic()
        if pause > 0:
            time.sleep(pause)
