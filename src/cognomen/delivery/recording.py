"""A courier that keeps what it is given, for tests."""

from cognomen.delivery.port import Message
from cognomen.transactions import refuse_network_in_write


class RecordingCourier:
    """Keeps messages in a list, in the order in which they were sent."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def send(self, message: Message) -> None:
        """Keep it."""
        refuse_network_in_write()
        self.messages.append(message)

    async def rest(self) -> None:
        """Nothing is held open."""
