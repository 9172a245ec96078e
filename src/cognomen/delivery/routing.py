"""One courier for all media: passes each message to the courier of its medium."""

from collections.abc import Mapping

from cognomen.delivery.port import Courier, DeliveryFailed, Medium, Message
from cognomen.transactions import refuse_network_in_write


class RoutingCourier:
    """Knows which courier carries which medium."""

    def __init__(self, couriers: Mapping[Medium, Courier]) -> None:
        self._couriers = dict(couriers)

    @property
    def media(self) -> frozenset[str]:
        """The media that can be carried; what Facts.media is made of."""
        return frozenset(self._couriers)

    async def send(self, message: Message) -> None:
        """Pass it on; raises DeliveryFailed where nobody carries this medium (any more)."""
        refuse_network_in_write()
        courier = self._couriers.get(message.medium)
        if courier is None:
            raise DeliveryFailed(f"no courier for {message.medium} is configured")
        await courier.send(message)

    async def rest(self) -> None:
        """All of them may rest."""
        for courier in set(self._couriers.values()):
            await courier.rest()
