"""What is sent to users, and what a courier must be able to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol


class Medium(StrEnum):
    """How a message travels; the names are the wire names."""

    EMAIL = "EMAIL"
    SMS = "SMS"


@dataclass(frozen=True, slots=True)
class TriggerCall:
    """What a trigger of the pool is called with, which sends a message in a courier's place.

    The event still lacks its code, which is encrypted under the key of `key_arn` when the trigger is called.
    """

    trigger: str
    arn: str
    key_arn: str
    event: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one user; `kind` is the suffix of the CustomMessage trigger, as in SignUp or ResendCode.

    `body` is plain text; `html` is the same with markup, or empty. `sender` and `reply_to` are the pool's, or
    empty. After `expires_ms` the code is of no use and neither is the message. `by` is set where a trigger sends it.
    """

    message_id: str
    pool_id: str
    username: str
    kind: str
    medium: Medium
    to: str = field(repr=False)
    subject: str
    body: str = field(repr=False)
    code: str = field(repr=False)
    created_ms: int
    expires_ms: int
    html: str = field(repr=False, default="")
    sender: str = ""
    reply_to: str = ""
    by: TriggerCall | None = None


class DeliveryFailed(Exception):  # noqa: N818
    """The courier could not hand the message over; the reason holds no address and no word of the message.

    It is tried again later, unless `hopeless`: then no later try can be better.
    """

    def __init__(self, reason: str, *, hopeless: bool = False) -> None:
        super().__init__(reason)
        self.hopeless = hopeless


class Courier(Protocol):
    """Hands messages to the outside world."""

    async def send(self, message: Message) -> None:
        """Return when the message is accepted for delivery; raises DeliveryFailed."""

    async def rest(self) -> None:
        """There is nothing to send for now: let go of connections; the next send makes new ones."""
