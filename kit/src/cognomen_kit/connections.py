"""HTTP over httpx2, set up for one service: short timeouts, no redirects, no proxy for the own machine."""

import asyncio
import ipaddress
import ssl
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

import httpx2

from cognomen_kit.calls import ConnectionFailed, HttpRequest, HttpResponse
from cognomen_kit.version import __version__

CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0
USER_AGENT = f"cognomen-kit/{__version__}"
LATE_IMPORTS = ("h11", "httpcore2._backends.anyio", "anyio._backends._asyncio")  # a name that is gone only costs time
UNSENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)


class AsyncConnections:
    """Opens its httpx2 client at the first request, in a thread, since reading certificates takes a while."""

    def __init__(
        self, addresses: tuple[str, ...], timeout: httpx2.Timeout, client: httpx2.AsyncClient | None = None
    ) -> None:
        self._addresses = addresses
        self._timeout = timeout
        self._given = client
        self._opened: asyncio.Task[httpx2.AsyncClient] | None = None

    async def send(self, request: HttpRequest) -> HttpResponse:
        """One request; raises `ConnectionFailed` where no whole answer comes."""
        client = self._given if self._given is not None else await asyncio.shield(self._opening())
        try:
            answer = await client.request(request.method, request.url, **_parts(request))
        except httpx2.RequestError as failed:
            raise _failure(failed) from failed
        return _response(answer)

    async def close(self) -> None:
        """Close what was opened here; a client that was given stays open."""
        opened, self._opened = self._opened, None
        if opened is not None and opened.get_loop() is asyncio.get_running_loop():
            await (await opened).aclose()

    def _opening(self) -> "asyncio.Task[httpx2.AsyncClient]":
        """One client for each event loop: connections of a loop that is gone are of no use."""
        loop = asyncio.get_running_loop()
        if self._opened is None or self._opened.get_loop() is not loop or _failed(self._opened):
            self._opened = loop.create_task(self._open())
        return self._opened

    async def _open(self) -> httpx2.AsyncClient:
        return await asyncio.to_thread(_open_client, self._addresses, self._timeout)


class Connections:
    """Opens its httpx2 client at once."""

    def __init__(
        self, addresses: tuple[str, ...], timeout: httpx2.Timeout, client: httpx2.Client | None = None
    ) -> None:
        self._given = client is not None
        self._client = client or httpx2.Client(**_settings(addresses, timeout))

    def send(self, request: HttpRequest) -> HttpResponse:
        """One request; raises `ConnectionFailed` where no whole answer comes."""
        try:
            answer = self._client.request(request.method, request.url, **_parts(request))
        except httpx2.RequestError as failed:
            raise _failure(failed) from failed
        return _response(answer)

    def close(self) -> None:
        """Close what was opened here; a client that was given stays open."""
        if not self._given:
            self._client.close()


def _failed(opened: "asyncio.Task[Any]") -> bool:
    return opened.done() and (opened.cancelled() or opened.exception() is not None)


def timeout(connect: float | None = None, read: float | None = None) -> httpx2.Timeout:
    """Seconds to connect and to wait for bytes."""
    read = READ_SECONDS if read is None else read
    return httpx2.Timeout(read, connect=CONNECT_SECONDS if connect is None else connect)


def _open_client(addresses: tuple[str, ...], timeout: httpx2.Timeout) -> httpx2.AsyncClient:
    """Runs in a thread: reads certificates, and imports what the first connection would import on the loop."""
    for name in LATE_IMPORTS:
        with suppress(ImportError):
            import_module(name)
    return httpx2.AsyncClient(**_settings(addresses, timeout))


def _settings(addresses: tuple[str, ...], timeout: httpx2.Timeout) -> Mapping[str, Any]:
    """Certificates are loaded only where TLS is spoken; a proxy is never asked for the own machine."""
    urls = [urlsplit(address) for address in addresses]
    speaks_tls = any(url.scheme == "https" for url in urls)
    return {
        "timeout": timeout,
        "verify": True if speaks_tls else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        "trust_env": not all(_is_loopback(url.hostname or "") for url in urls),
    }


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _parts(request: HttpRequest) -> dict[str, Any]:
    return {"headers": {**request.headers, "user-agent": USER_AGENT}, "content": request.body or None}


def _failure(failed: httpx2.RequestError) -> ConnectionFailed:
    reason = f"{type(failed).__name__}: {failed}".rstrip(": ")
    return ConnectionFailed(reason, unsent=isinstance(failed, UNSENT))


def _response(answer: httpx2.Response) -> HttpResponse:
    return HttpResponse(answer.status_code, dict(answer.headers), answer.content)
