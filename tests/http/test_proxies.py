"""Who the client is behind proxies: what anybody may write counts for nothing."""

import pytest

from cognomen.http.proxies import Proxies

TRUSTED = ("10.0.0.0/8", "192.0.2.7", "fd00::/8")


@pytest.mark.parametrize(
    ("peer", "told", "client"),
    [
        ("10.1.2.3", "198.51.100.9", "198.51.100.9"),
        ("10.1.2.3", "203.0.113.5, 198.51.100.9", "198.51.100.9"),  # the first one is the client's own invention
        ("10.1.2.3", "198.51.100.9, 10.9.9.9", "198.51.100.9"),
        ("10.1.2.3", "198.51.100.9,192.0.2.7 ,\t10.9.9.9", "198.51.100.9"),
        ("10.1.2.3", "10.4.4.4, 10.9.9.9", "10.4.4.4"),
        ("fd00::1", "2001:db8::5", "2001:db8::5"),
        ("::ffff:10.1.2.3", "198.51.100.9", "198.51.100.9"),
        ("192.0.2.7", "::ffff:198.51.100.9", "198.51.100.9"),
        ("198.51.100.9", "10.1.2.3", "198.51.100.9"),  # nobody's proxy says it is somebody else
        ("192.0.2.8", "203.0.113.5", "192.0.2.8"),
        ("10.1.2.3", "unknown", "10.1.2.3"),
        ("10.1.2.3", "198.51.100.9:4711", "10.1.2.3"),
        ("10.1.2.3", "198.51.100.9, nonsense, 10.9.9.9", "10.9.9.9"),
        ("10.1.2.3", "", "10.1.2.3"),
    ],
)
def test_the_client_is_the_last_address_that_no_proxy_owns(peer: str, told: str, client: str) -> None:
    """Read from the right, as far as trusted proxies vouch for it."""
    assert Proxies(TRUSTED).client_behind(peer, {b"x-forwarded-for": told.encode()}) == client


def test_without_trusted_proxies_nobody_is_believed() -> None:
    """The default."""
    assert Proxies().client_behind("127.0.0.1", {b"x-forwarded-for": b"198.51.100.9"}) == "127.0.0.1"
    assert Proxies(TRUSTED).client_behind("10.1.2.3", {}) == "10.1.2.3"
