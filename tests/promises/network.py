"""Keeps the test process on this machine: sockets reach loopback and nothing else."""

import ipaddress
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

OWN_NAMES = {None, "", b"", "localhost", b"localhost"}


class NetworkTouched(AssertionError):
    """A test tried to reach another machine."""


@contextmanager
def loopback_only() -> Iterator[None]:
    """Connections elsewhere fail loudly; names resolve as on a machine that is offline."""
    guarded: Any = {name: _guarded(getattr(socket.socket, name)) for name in ("connect", "connect_ex", "sendto")}
    with patch.multiple(socket.socket, **guarded), patch.object(socket, "getaddrinfo", _offline(socket.getaddrinfo)):
        yield


def _guarded(reach: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, *arguments: Any) -> Any:
        address = arguments[-1]
        if self.family in {socket.AF_INET, socket.AF_INET6} and not is_own(address[0]):
            raise NetworkTouched(f"a test tried to reach {address}")
        return reach(self, *arguments)

    return guarded


def _offline(resolve: Callable[..., Any]) -> Callable[..., Any]:
    def resolved(host: Any, *arguments: Any, **more: Any) -> Any:
        if host not in OWN_NAMES and not _is_number(host):
            raise socket.gaierror(socket.EAI_NONAME, f"tests are offline, and {host!r} is not this machine")
        return resolve(host, *arguments, **more)

    return resolved


def is_own(host: str) -> bool:
    """Whether an address is this machine's; 0.0.0.0 and :: connect to it as well."""
    if host in OWN_NAMES:
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _is_number(host: Any) -> bool:
    text = host.decode() if isinstance(host, bytes) else str(host)
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True
