"""Messages to users: where a code goes, what the message says, and how it waits sealed until it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec

from cognomen import errors
from cognomen.delivery.port import Medium, Message
from cognomen.domain.attributes import VERIFIED_FLAG
from cognomen.domain.masking import mask_email, mask_phone
from cognomen.domain.messages import Blanks, MessageKind, Words, email_wording, settings_with, sms_wording
from cognomen.domain.pool import UserPool
from cognomen.domain.user import User
from cognomen.domain.usernames import name_to_sign_in
from cognomen.flows.custom_senders import call_of, has_sender
from cognomen.flows.run_trigger import custom_words
from cognomen.services import Services
from cognomen.signing.port import SealBroken
from cognomen.storage import inbox, outbox
from cognomen.storage.database import Tx


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes: the attribute that names the place, and the place."""

    attribute: str
    medium: Medium
    destination: str = field(repr=False)
    words: Words | None = None  # a trigger's, in place of the pool's

    @property
    def masked(self) -> str:
        """The destination as CodeDeliveryDetails shows it."""
        return MASKS[self.medium](self.destination)


MASKS = {Medium.EMAIL: mask_email, Medium.SMS: mask_phone}
WORDINGS = {Medium.EMAIL: email_wording, Medium.SMS: sms_wording}
# A user who gave both gets the code by SMS only (reference 04, SignUp).
VERIFIED_BY = {"phone_number": Medium.SMS, "email": Medium.EMAIL}
NOBODY = ""  # the destination of messages that only take the time of real ones


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why a user is written to, and the code that the message carries until it expires."""

    kind: MessageKind
    code: str = field(repr=False)
    expires_ms: int


def choose_medium(pool: UserPool, attributes: Mapping[str, str]) -> Target | None:
    """Where the code of a new user goes; None where the pool verifies nothing that the user has."""
    for attribute, medium in VERIFIED_BY.items():
        if attribute in pool.auto_verified and attributes.get(attribute):
            return Target(attribute, medium, attributes[attribute])
    return None


def is_carried(world: Services, pool: UserPool, medium: Medium) -> bool:
    """Whether anybody could carry a message of this pool: a courier, or a trigger that sends it."""
    return medium in world.facts.media or has_sender(pool, medium)


def require_courier(world: Services, pool: UserPool, target: Target) -> None:
    """Refuse where nobody could carry the message; raises CodeDeliveryFailureException."""
    if not is_carried(world, pool, target.medium):
        raise errors.CodeDeliveryFailureException(medium=target.medium)


async def worded(world: Services, pool: UserPool, user: User, target: Target, kind: MessageKind) -> Target:
    """The same target with the words of the pool's trigger, where it has one; no write may be open.

    Raises UserLambdaValidationException, UnexpectedLambdaException, InvalidLambdaResponseException.
    """
    if not pool.triggers or has_sender(pool, target.medium):  # which finds its own words
        return target
    return replace(target, words=await custom_words(world, pool, user, kind, target.medium))


def compose(world: Services, pool: UserPool, user: User, target: Target, occasion: Occasion) -> Message:
    """The message in the words of the pool, and the call of the trigger that sends it, where it has one."""
    now_ms = world.now_ms()
    invites = occasion.kind is MessageKind.ADMIN_CREATE_USER
    username = name_to_sign_in(pool, user) if invites else user.username
    mail = pool.settings.get("EmailConfiguration") or {}
    settings = settings_with(pool.settings, occasion.kind, target.words) if target.words else pool.settings
    wording = WORDINGS[target.medium](settings, occasion.kind, Blanks(username, occasion.code))
    return Message(
        message_id=world.ids.ordered(now_ms),
        pool_id=pool.pool_id,
        username=username,
        kind=occasion.kind,
        medium=target.medium,
        to=target.destination,
        subject=wording.subject,
        body=wording.body,
        html=wording.html,
        code=occasion.code,
        created_ms=now_ms,
        expires_ms=occasion.expires_ms,
        sender=mail.get("From") or "",
        reply_to=mail.get("ReplyToEmailAddress") or "",
        by=call_of(world, pool, _there(user, target), target.medium, occasion.kind),
    )


def _there(user: User, target: Target) -> User:
    """The user as a trigger that sends a message is told of them: the contact is the one that it has to go to."""
    if user.attributes.get(target.attribute) == target.destination:
        return user
    waiting = {target.attribute: target.destination, VERIFIED_FLAG[target.attribute]: "false"}
    return replace(user, attributes={**user.attributes, **waiting})


async def enqueue(tx: Tx, world: Services, message: Message) -> None:
    """Put a message into the outbox with the change that it tells of; the caller rings the bell after the commit."""
    await outbox.put(tx, message.pool_id, message.message_id, _sealed(world, message), message.created_ms)


async def keep_in_inbox(world: Services, message: Message) -> None:
    """Keep a message for developers to read instead of sending it; twice the same message is kept once."""
    kept = inbox.Kept(message.pool_id, message.message_id, message.to, message.kind, _sealed(world, message))
    await world.database.write(lambda tx: inbox.put(tx, kept))


class MessageUnreadable(Exception):  # noqa: N818
    """A kept message was changed, sealed under a key that is not known, or written by another version."""


def unseal(world: Services, message_id: str, sealed: bytes) -> Message:
    """The message that was kept in the outbox or the inbox; raises MessageUnreadable."""
    try:
        return msgspec.json.decode(world.sealer.open(sealed, message_purpose(message_id)), type=Message)
    except SealBroken as broken:
        raise MessageUnreadable(str(broken)) from broken
    except msgspec.MsgspecError:
        # Its text may quote the message.
        raise MessageUnreadable("written by another version") from None


def _sealed(world: Services, message: Message) -> bytes:
    return world.sealer.seal(msgspec.json.encode(message), message_purpose(message.message_id))


def message_purpose(message_id: str) -> str:
    """What a message is sealed for."""
    return f"message:{message_id}"
