"""No test touches a network but loopback: what keeps them, kept to its word."""

import asyncio
import socket

import pytest

from promises.network import NetworkTouched, is_own

ELSEWHERE = "192.0.2.1"  # RFC 5737: nobody's


@pytest.mark.parametrize("address", [ELSEWHERE, "2001:db8::1"])
def test_another_machine_cannot_be_reached(address: str) -> None:
    """A connection to an address that is not loopback fails at once and loudly, whatever the test expects."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as one, pytest.raises(NetworkTouched):
        one.connect((address, 80))
    with socket.socket(family) as one, pytest.raises(NetworkTouched):
        one.connect_ex((address, 80))
    with socket.socket(family, socket.SOCK_DGRAM) as one, pytest.raises(NetworkTouched):
        one.sendto(b"x", (address, 53))


@pytest.mark.anyio
async def test_asyncio_cannot_reach_another_machine_either() -> None:
    """The event loop connects through the same guard."""
    with pytest.raises(NetworkTouched):
        await asyncio.open_connection(ELSEWHERE, 80)


def test_no_name_of_the_world_resolves() -> None:
    """Looking a name up is network traffic too: it fails as on a machine that is offline."""
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("cognito-idp.us-east-1.amazonaws.com", 443)


def test_loopback_works() -> None:
    """This machine's own addresses are reached as ever, by number and by name."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)), socket.create_connection(("localhost", port)):
            pass


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("0.0.0.0", True),
        ("localhost", True),
        ("192.168.0.1", False),
        ("169.254.169.254", False),
        ("fe80::1%eth0", False),
        ("example.com", False),
    ],
)
def test_what_is_this_machine(host: str, own: bool) -> None:
    """Loopback is this machine; private networks and the metadata address of clouds are not."""
    assert is_own(host) is own
