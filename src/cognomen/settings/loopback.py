"""Whether an address can be reached from this machine alone."""

import socket
from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Whether every address that the host has is a loopback address; a name that resolves nowhere is none."""
    addresses = _addresses(host)
    return bool(addresses) and all(ip_address(address).is_loopback for address in addresses)


def _addresses(host: str) -> set[str]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return set()
    return {str(address[0]).partition("%")[0] for *_kind, address in found}
