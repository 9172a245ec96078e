"""One-time codes: making them, sending them, spending them; and how often an hour a user may try."""

from collections.abc import Mapping
from dataclasses import dataclass

from cognomen import errors
from cognomen.delivery.port import Message
from cognomen.domain.codes import DIGITS, HOUR_MS, LIFETIME_MS, VERIFYING, Code, CodePurpose
from cognomen.domain.messages import MessageKind
from cognomen.domain.pool import UserPool
from cognomen.domain.user import User
from cognomen.flows.deliver import Occasion, Target, compose, enqueue
from cognomen.services import Services
from cognomen.storage import attempts, codes
from cognomen.storage.database import Tx

# The other kinds verify an attribute, and which one decides: VERIFYING.
PURPOSES: Mapping[MessageKind, CodePurpose] = {
    MessageKind.SIGN_UP: CodePurpose.SIGN_UP,
    MessageKind.RESEND_CODE: CodePurpose.SIGN_UP,
    MessageKind.FORGOT_PASSWORD: CodePurpose.FORGOT_PASSWORD,
}


# What a used-up count is called where the operation's model has no error for limits.
USED_UP: Mapping[str, type[errors.Refusal]] = {
    "update_user_attributes": errors.TooManyCodesSent,
    "sign_in_codes": errors.TooManySignInCodes,
}


def new_digits(world: Services) -> str:
    """The digits of a fresh code; the dev profile can fix them."""
    return world.facts.fixed_code or world.ids.digits(DIGITS)


def digest_purpose(pool_id: str, sub: str, purpose: CodePurpose) -> str:
    """What a code's digest is bound to, so that no code works for another user or another purpose."""
    return f"code:{pool_id}:{sub}:{purpose}"


@dataclass(frozen=True, slots=True)
class Issued:
    """A fresh code, and the message that carries it."""

    code: Code
    message: Message


def issue_code(world: Services, pool: UserPool, user: User, target: Target, kind: MessageKind) -> Issued:
    """A fresh code for this kind of message, addressed but not yet stored or sent."""
    purpose = PURPOSES.get(kind) or VERIFYING[target.attribute]
    digits = new_digits(world)
    expires_ms = world.now_ms() + LIFETIME_MS[purpose]
    code = Code(
        pool_id=user.pool_id,
        sub=user.sub,
        purpose=purpose,
        digest=world.sealer.digest(digits.encode(), digest_purpose(user.pool_id, user.sub, purpose)),
        attribute=target.attribute,
        expires_ms=expires_ms,
    )
    return Issued(code, compose(world, pool, user, target, Occasion(kind, digits, expires_ms)))


async def store_and_send(tx: Tx, world: Services, issued: Issued) -> None:
    """Store the code and put its message into the outbox; an older code of the same purpose stops working."""
    await codes.put(tx, issued.code)
    await enqueue(tx, world, issued.message)


async def count_and_send(world: Services, pool: UserPool, issued: Issued, kind: str) -> None:
    """Send a code and count that somebody asked for it; past the limit of an hour raises LimitExceededException.

    One write, whomever it is for: two would take longer than one.
    """

    async def work(tx: Tx) -> None:
        await count_with(tx, world, pool, issued.code.sub, kind)
        await store_and_send(tx, world, issued)

    await world.database.write(work)
    world.bell.ring()


async def spend_code(tx: Tx, world: Services, user: User, purpose: CodePurpose, digits: str) -> Code:
    """Use a code up, made under any known master key; raises CodeMismatchException, ExpiredCodeException."""
    found: Code | codes.Verdict = codes.Verdict.MISSING
    for digest in world.sealer.digests(digits.encode(), digest_purpose(user.pool_id, user.sub, purpose)):
        found = await codes.spend(tx, user.pool_id, user.sub, purpose, digest, world.now_ms())
        if isinstance(found, Code):
            return found
    raise errors.CodeMismatchException if found is codes.Verdict.WRONG else errors.ExpiredCodeException


async def count_attempt(world: Services, pool: UserPool, subject: str, kind: str) -> None:
    """Count one try of this user in this hour, whatever comes of it; raises LimitExceededException past the limit."""
    await world.database.write(lambda tx: count_with(tx, world, pool, subject, kind))


async def count_with(tx: Tx, world: Services, pool: UserPool, subject: str, kind: str) -> None:
    """Count something together with the write that does it, so that only what was done counts.

    Raises LimitExceededException past the limit, TooManyCodesSent for UpdateUserAttributes, TooManySignInCodes for
    codes that a sign-in begins with.
    """
    count = await attempts.count_up(tx, pool.pool_id, subject, kind, world.now_ms(), HOUR_MS)
    if count > getattr(world.facts.attempts, kind):
        raise USED_UP.get(kind, errors.LimitExceededException)
