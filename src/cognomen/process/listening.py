"""Bind the port before anything else, so that a free one is known and a taken one is said in one line."""

import errno
import socket
from typing import Any

from cognomen.process.refused import StartRefused

ADVICE = {
    errno.EADDRINUSE: "it is taken: stop what uses it, or choose another with --port (0 takes a free one)",
    errno.EACCES: "this user may not open it: choose one from 1024 on with --port",
    errno.EADDRNOTAVAIL: "this machine has no such address: choose another with --host",
}


def bind(host: str, port: int) -> socket.socket:
    """A bound socket that does not listen yet; raises StartRefused."""
    listener = _unbound(host, port)
    try:
        listener[0].bind(listener[1])
    except OSError as fault:
        listener[0].close()
        advice = ADVICE.get(fault.errno or 0, fault.strerror)
        raise StartRefused(f"cannot listen on port {port} of {host}: {advice}") from fault
    return listener[0]


def _unbound(host: str, port: int) -> tuple[socket.socket, Any]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as fault:
        raise StartRefused(f"cannot listen on {host}: the name does not resolve; choose another with --host") from fault
    family, kind, protocol, _name, address = min(found, key=lambda each: each[0] != socket.AF_INET)
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return listener, address
