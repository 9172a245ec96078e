"""The courier of the dev profile: messages stay in the server, where developers and their tests read them."""

from collections.abc import Awaitable, Callable

from cognomen.delivery.port import Message
from cognomen.transactions import refuse_network_in_write


class InboxCourier:
    """Keeps each message with the function given, which may be asked for the same message twice."""

    def __init__(self, keep: Callable[[Message], Awaitable[None]]) -> None:
        self._keep = keep

    async def send(self, message: Message) -> None:
        """Keep it."""
        refuse_network_in_write()
        await self._keep(message)

    async def rest(self) -> None:
        """Nothing is held open."""
