"""Who the client is where proxies stand in front: X-Forwarded-For counts for what trusted proxies wrote into it."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

FORWARDED = b"x-forwarded-for"
Address = IPv4Address | IPv6Address


class Proxies:
    """The proxies that are believed: addresses and networks. Without any nobody is."""

    def __init__(self, trusted: Sequence[str] = ()) -> None:
        self._networks = tuple(map(ip_network, trusted))

    def client_behind(self, peer: str, headers: Mapping[bytes, bytes]) -> str:
        """The last address that no trusted proxy vouches for as one of its own; anybody may invent the ones before."""
        if not self._networks or FORWARDED not in headers:
            return peer
        client = peer
        for told in reversed(headers[FORWARDED].split(b",")):
            address = _address(client)
            if address is None or not self._trusts(address):
                return client
            behind = _address(told.decode("latin-1").strip())
            if behind is None:  # a proxy that writes names or ports is not understood: it is the client itself
                return client
            client = str(behind)
        return client

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._networks)


def _address(text: str) -> Address | None:
    """An address, a mapped one (::ffff:10.0.0.1) as what it stands for."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
