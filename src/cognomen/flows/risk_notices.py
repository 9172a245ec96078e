"""Telling users of a risk, by mail or by the trigger that sends it, and the token by which they say what they know."""

from dataclasses import dataclass

from cognomen import errors
from cognomen.delivery.port import Medium, Message
from cognomen.domain import base64url
from cognomen.domain.auth_events import AuthEvent
from cognomen.domain.pool import UserPool
from cognomen.domain.risk import RiskConfiguration
from cognomen.domain.risk_words import risk_attributes, risk_wording
from cognomen.domain.user import User
from cognomen.flows.custom_senders import Told, call_telling
from cognomen.services import Services
from cognomen.signing.port import SealBroken

KIND = "AccountTakeOverNotification"
PURPOSE = "auth-event-feedback"
DAY_MS = 86_400_000
TOKEN_MS = 7 * DAY_MS  # AWS publishes no number


def notice_of(
    world: Services, pool: UserPool, configuration: RiskConfiguration, user: User, event: AuthEvent
) -> Message | None:
    """The mail that tells of an event; None for who has no address. It need not be verified, as on AWS."""
    address, now_ms = user.attributes.get("email"), world.now_ms()
    if not address:
        return None
    notice, token = configuration.notice, feedback_token(world, event)
    wording = risk_wording(notice, user, event, token)
    told = Told(KIND, user.username, risk_attributes(user, event, token))
    return Message(
        message_id=world.ids.ordered(now_ms),
        pool_id=user.pool_id,
        username=user.username,
        kind=KIND,
        medium=Medium.EMAIL,
        to=address,
        subject=wording.subject,
        body=wording.body,
        html=wording.html,
        code="",
        created_ms=now_ms,
        expires_ms=now_ms + DAY_MS,
        sender=notice.get("From") or "",
        reply_to=notice.get("ReplyTo") or "",
        by=call_telling(world, pool, Medium.EMAIL, told),
    )


@dataclass(frozen=True, slots=True)
class Spoken:
    """The event that a feedback token speaks of."""

    pool_id: str
    sub: str
    event_id: str


def feedback_token(world: Services, event: AuthEvent) -> str:
    """By which the user says what they know of this event, for some days."""
    spoken = f"{event.pool_id} {event.sub} {event.event_id} {world.now_ms() + TOKEN_MS}"
    return base64url.text_of(world.sealer.seal(spoken.encode(), PURPOSE))


def read_feedback_token(world: Services, token: str) -> Spoken:
    """The event that a token speaks of; raises FeedbackTokenInvalid."""
    try:
        sealed = base64url.bytes_of(token)
        pool_id, sub, event_id, expires_ms = world.sealer.open(sealed, PURPOSE).decode().split(" ")
    except (SealBroken, ValueError):
        raise errors.FeedbackTokenInvalid from None
    if int(expires_ms) <= world.now_ms():
        raise errors.FeedbackTokenInvalid
    return Spoken(pool_id, sub, event_id)
