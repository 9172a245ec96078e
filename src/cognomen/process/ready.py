"""The ready line: printed once, when the server has answered a request of its own."""

import asyncio
import ssl
from socket import AF_INET6, socket

from cognomen import __version__
from cognomen.settings import Settings

SDK_VARIABLE = "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"
PROBE = b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
GOOD = b"HTTP/1.1 200"
LOCAL = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to reach a server that listens everywhere


def address_of(listener: socket) -> tuple[str, int]:
    """Where this machine reaches the server."""
    host, port = listener.getsockname()[:2]
    return LOCAL.get(host, host), port


def ready_line(settings: Settings, listener: socket) -> str:
    """Where the server is, where codes are read in dev, and how an SDK is pointed at it."""
    host, port = address_of(listener)
    scheme = "https" if settings.tls.is_on else "http"
    here = f"{scheme}://[{host}]:{port}" if listener.family == AF_INET6 else f"{scheme}://{host}:{port}"
    inbox = f" | inbox: {here}/_dev/inbox" if settings.is_dev else ""
    return f"cognomen {__version__} ({settings.profile}) is ready: {here}{inbox} | SDKs: {SDK_VARIABLE}={here}"


async def says_ready(listener: socket, *, secure: bool) -> bool:
    """Ask the server for its health over the port that clients use."""
    reader, writer = await asyncio.open_connection(*address_of(listener), ssl=_any_certificate() if secure else None)
    try:
        writer.write(PROBE)
        return (await reader.read(len(GOOD))) == GOOD
    finally:
        writer.close()
        await writer.wait_closed()


def _any_certificate() -> ssl.SSLContext:
    """The server asks itself, by an address that its certificate need not name."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
