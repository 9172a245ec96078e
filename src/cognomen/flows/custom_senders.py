"""CustomEmailSender and CustomSMSSender: triggers that send the messages of a pool in a courier's place (reference 08).

The event is made with the message and waits with it in the outbox; the code is encrypted when the trigger is called.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from cognomen.delivery.port import DeliveryFailed, Medium, Message, TriggerCall
from cognomen.domain.messages import MessageKind
from cognomen.domain.pool import UserPool
from cognomen.domain.trigger_events import Invocation, attributes_of, event_of
from cognomen.domain.trigger_names import Trigger
from cognomen.domain.user import User
from cognomen.errors import TooManyRequestsException
from cognomen.services import Services
from cognomen.signing.port import CodeKeyMissing
from cognomen.triggers.port import AnswerUnreadable, HandlerFailed, TargetUnreachable

SECONDS = 45.0  # nobody waits for it; less than the outbox gives a message


@dataclass(frozen=True, slots=True)
class Sender:
    """The trigger that sends by one medium, and the type of its requests."""

    trigger: Trigger
    request: str


SENDERS: Mapping[Medium, Sender] = {
    Medium.EMAIL: Sender(Trigger.CUSTOM_EMAIL_SENDER, "customEmailSenderRequestV1"),
    Medium.SMS: Sender(Trigger.CUSTOM_SMS_SENDER, "customSMSSenderRequestV1"),
}


def has_sender(pool: UserPool, medium: Medium) -> bool:
    """Whether a trigger of the pool sends what goes by this medium."""
    return SENDERS[medium].trigger in pool.triggers


@dataclass(frozen=True, slots=True)
class Told:
    """What a sender is told: what the message is about, who it goes to, and the userAttributes."""

    action: str
    username: str
    attributes: Mapping[str, str | None] = field(repr=False)


def call_of(world: Services, pool: UserPool, user: User, medium: Medium, kind: MessageKind) -> TriggerCall | None:
    """The call that sends a message to this user, without its code; None where couriers carry it."""
    return call_telling(world, pool, medium, Told(kind, user.username, attributes_of(user)))


def call_telling(world: Services, pool: UserPool, medium: Medium, told: Told) -> TriggerCall | None:
    """The call that tells a sender this, without a code; None where couriers carry what goes by this medium."""
    if not has_sender(pool, medium):
        return None
    sender = SENDERS[medium]
    asked = {"type": sender.request, "code": None, "userAttributes": told.attributes}
    event = event_of(pool, world.caller, Invocation(sender.trigger, told.action, told.username, asked))
    return TriggerCall(sender.trigger, pool.triggers[sender.trigger], pool.code_key or "", event)


async def hand_over(world: Services, message: Message, call: TriggerCall) -> None:
    """Have the trigger send a message; whatever it answers. Raises DeliveryFailed, which quotes no handler."""
    try:
        await world.triggers.invoke(call.arn, _with_code(world, message, call), SECONDS)
    except AnswerUnreadable:
        return  # it ran to its end, and its answer is not asked for
    except HandlerFailed:
        raise DeliveryFailed(f"{call.trigger} failed") from None
    except (TargetUnreachable, CodeKeyMissing) as fault:
        raise DeliveryFailed(f"{call.trigger} was not invoked: {fault}") from None
    except TooManyRequestsException:
        raise DeliveryFailed(f"{call.trigger} was not invoked: too many triggers run") from None


def _with_code(world: Services, message: Message, call: TriggerCall) -> dict[str, Any]:
    """The event with its code; AWS escapes temporary passwords as HTML."""
    invites = message.kind == MessageKind.ADMIN_CREATE_USER
    code = escape(message.code) if invites else message.code
    encrypted = world.code_keys.encrypt(call.key_arn, code, {"userpool-id": message.pool_id}) if code else None
    return {**call.event, "request": {**call.event["request"], "code": encrypted}}
