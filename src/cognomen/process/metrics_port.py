"""The port on which Prometheus asks: one for the server, however many processes it has.

The library is imported where it is wanted only. With several processes it keeps the figures in files that all of them
write, and adds them up when asked.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from socket import socket
from socketserver import ThreadingMixIn
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

SHARED_FILES: Final = "PROMETHEUS_MULTIPROC_DIR"  # the library looks there when it is imported, and nowhere else


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def __init__(self, listener: socket, app: Any) -> None:
        super().__init__(listener.getsockname()[:2], _Silent, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.server_name, self.server_port = listener.getsockname()[:2]
        self.setup_environ()
        self.set_app(app)
        self.server_activate()


class _Silent(WSGIRequestHandler):
    timeout = 10

    def log_message(self, *_: object) -> None:
        """Scrapes are no news."""


@contextmanager
def shared_by_processes() -> Iterator[Any]:
    """A registry that adds up what the processes count that are started meanwhile."""
    with TemporaryDirectory(prefix="cognomen-metrics-") as folder:
        os.environ[SHARED_FILES] = folder  # noqa: TID251 - for the processes that this one starts
        registry = import_module("prometheus_client").CollectorRegistry()
        import_module("prometheus_client.multiprocess").MultiProcessCollector(registry, path=folder)
        try:
            yield registry
        finally:
            del os.environ[SHARED_FILES]  # noqa: TID251


@contextmanager
def exposed(listener: socket, registry: Any) -> Iterator[None]:
    """Answer Prometheus on this port, in a thread, until the block ends."""
    server = _Server(listener, _at_metrics(import_module("prometheus_client").make_wsgi_app(registry)))
    thread = Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def _at_metrics(app: Any) -> Callable[..., Any]:
    """At ``/metrics`` only."""

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        if environ.get("PATH_INFO") == "/metrics":
            return app(environ, start)
        start("404 Not Found", [("Content-Type", "text/plain")])
        return [b"Metrics are at /metrics.\n"]

    return answer
