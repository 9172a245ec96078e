"""A proxy as operators put it in front of several nodes: it asks each for its readiness, and sends nobody elsewhere."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

ASK_EVERY_S = 0.1
READY = b"HTTP/1.1 200"
PROBE = b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
LOST = (OSError, asyncio.IncompleteReadError)


@dataclass(eq=False)
class Backend:
    """A node behind the proxy: what it said last, its connections, and whether it ever had one."""

    port: int
    ready: bool = True
    busy: int = 0
    used: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Proxy:
    """Hands each connection to the least busy node that is ready, and to another one where that refuses it."""

    backends: list[Backend] = field(default_factory=list)
    port: int = 0

    def add(self, port: int) -> Backend:
        backend = Backend(port)
        self.backends.append(backend)
        return backend

    async def watch(self) -> None:
        """Ask all nodes again and again."""
        while True:
            await asyncio.gather(*(self._ask(backend) for backend in self.backends))
            await asyncio.sleep(ASK_EVERY_S)

    async def _ask(self, backend: Backend) -> None:
        backend.ready = await says_ready(backend.port)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry the bytes of one connection to and fro."""
        for backend in sorted(self.backends, key=lambda backend: (not backend.ready, backend.busy)):
            with suppress(OSError):
                upstream = await asyncio.open_connection("127.0.0.1", backend.port)
                backend.busy += 1
                backend.used.set()
                await asyncio.gather(_carry(reader, upstream[1]), _carry(upstream[0], writer))
                backend.busy -= 1
                return
        writer.close()


async def says_ready(port: int) -> bool:
    with suppress(*LOST):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(PROBE)
            return await reader.readexactly(len(READY)) == READY
        finally:
            writer.close()
    return False


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until the sender ends; its end is handed on."""
    with suppress(*LOST):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with suppress(*LOST):
        writer.close()


@asynccontextmanager
async def proxying(*ports: int) -> AsyncIterator[Proxy]:
    """A proxy before the nodes at these ports, for as long as the block lasts."""
    proxy = Proxy()
    for port in ports:
        proxy.add(port)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    watching = asyncio.create_task(proxy.watch())
    try:
        yield proxy
    finally:
        watching.cancel()
        server.close()
