"""A TCP proxy between the server and what it needs, which passes, cuts, hangs or delays what goes through it.

with Proxy(("127.0.0.1", 5432)) as proxy:     # or the path of a socket
    proxy.hangs()                             # takes connections, and nothing gets through any more
    proxy.passes()                            # what was held goes on, as after a cable is put back
"""

import asyncio
import socket
import struct
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Self, TypeAlias

Place: TypeAlias = tuple[str, int] | str
CHUNK = 65536
RESET = struct.pack("ii", 1, 0)  # linger for no time: the end is a reset
GONE = (OSError, asyncio.CancelledError)


class Proxy:
    """Listens on a port of its own; what it does may be changed at any time, from any thread."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._delay_s = 0.0
        self._cut = False
        self._open = asyncio.Event()
        self._open.set()
        self._lines: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.connections = 0
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self._ask(lambda: asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._ask(self._end)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def passes(self) -> None:
        """As if it was not there."""
        self._ask(lambda: self._become(cut=False, is_open=True, delay_s=0))

    def cuts(self) -> None:
        """Reset all connections, and each new one."""
        self._ask(lambda: self._become(cut=True, is_open=True, delay_s=0))

    def hangs(self) -> None:
        """Take connections and pass nothing, not even that one is closed."""
        self._ask(lambda: self._become(cut=False, is_open=False, delay_s=0))

    def delays(self, seconds: float) -> None:
        """Pass everything so much later, each way."""
        self._ask(lambda: self._become(cut=False, is_open=True, delay_s=seconds))

    def _ask(self, work: Callable[[], Awaitable[Any]]) -> Any:
        async def run() -> Any:
            return await work()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(timeout=30)

    async def _become(self, *, cut: bool, is_open: bool, delay_s: float) -> None:
        self._cut, self._delay_s = cut, delay_s
        (self._open.set if is_open else self._open.clear)()
        if cut:
            for line in list(self._lines):
                _reset(line)

    async def _end(self) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()
        await asyncio.sleep(0)  # closed writers let go of their sockets

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        self._lines.add(writer)
        try:
            if self._cut:
                _reset(writer)
                return
            await self._open.wait()
            await self._connect(reader, writer)
        except GONE:
            pass
        finally:
            self._tasks.discard(task)
            self._lines.discard(writer)
            writer.close()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opened = asyncio.open_unix_connection if isinstance(self._place, str) else asyncio.open_connection
        place = (self._place,) if isinstance(self._place, str) else self._place
        there, thither = await opened(*place)  # type: ignore[operator]
        self._lines.add(thither)
        try:
            await asyncio.gather(self._pass_on(reader, thither), self._pass_on(there, writer))
        finally:
            self._lines.discard(thither)
            thither.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read on while what came before is on its way, as a long cable does."""
        cable: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        delivering = asyncio.create_task(self._deliver(cable, writer))
        try:
            while not delivering.done():
                with suppress(ConnectionError):
                    chunk = await reader.read(CHUNK)
                    cable.put_nowait((self._loop.time() + self._delay_s, chunk))
                    if chunk:
                        continue
                break
            await delivering
        finally:
            delivering.cancel()
            await asyncio.gather(delivering, return_exceptions=True)
            writer.close()

    async def _deliver(self, cable: "asyncio.Queue[tuple[float, bytes]]", writer: asyncio.StreamWriter) -> None:
        while True:
            due, chunk = await cable.get()
            await asyncio.sleep(max(0.0, due - self._loop.time()))
            await self._open.wait()
            if not chunk:
                return
            writer.write(chunk)
            await writer.drain()


def _reset(line: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        line.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    line.transport.abort()
