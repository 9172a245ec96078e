"""What happens when the server starts and before it stops (ASGI lifespan 2.0)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.types import Receive, Send
from structlog.typing import FilteringBoundLogger

Hook = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Lifespan:
    """Runs the hooks: `start` in order, `stop` in order; a start that fails keeps the server from serving."""

    start: tuple[Hook, ...] = ()
    stop: tuple[Hook, ...] = ()

    async def run(self, receive: Receive, send: Send, log: FilteringBoundLogger) -> None:
        """Follow the server through its life."""
        await receive()
        try:
            for hook in self.start:
                await hook()
        except Exception as fault:
            log.exception("start failed")
            await send({"type": "lifespan.startup.failed", "message": str(fault)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for hook in self.stop:
            try:
                await hook()
            except Exception:
                log.exception("stop failed")  # the other hooks still get their turn
        await send({"type": "lifespan.shutdown.complete"})
