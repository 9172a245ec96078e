"""SMS_MFA, EMAIL_OTP and SMS_OTP: a code is sent, and has to come back in the same sign-in (reference 05).

EMAIL_OTP is a second factor, or the first one like SMS_OTP. The session holds a keyed digest of the code, so a code
works once, for its own sign-in, as long as that session.
"""

import hmac
from collections.abc import Mapping
from dataclasses import replace

from cognomen import errors
from cognomen.domain.attributes import VERIFIED_FLAG
from cognomen.domain.challenges import Situation, Step, first_factor_shown
from cognomen.domain.messages import MessageKind
from cognomen.domain.second_factors import CONTACT_OF, Factor, guessed
from cognomen.flows.aliases import follow_attributes
from cognomen.flows.answers import Answer, Asked, Passed
from cognomen.flows.deliver import NOBODY, VERIFIED_BY, Occasion, Target, compose, enqueue, is_carried, worded
from cognomen.flows.factor_guesses import judge_guess
from cognomen.flows.imagined import is_imagined
from cognomen.flows.lockout import Suspect
from cognomen.flows.verification import count_with, new_digits
from cognomen.services import Services
from cognomen.storage import lockouts, users
from cognomen.storage.database import Tx

SIGN_IN_CODES = "sign_in_codes"  # how they are counted
# How codes of a challenge go; guesses of codes that go the same way are counted together.
SENT_BY: Mapping[Step, Factor] = {
    Step.SMS_MFA: Factor.SMS_MFA,
    Step.EMAIL_OTP: Factor.EMAIL_OTP,
    Step.SMS_OTP: Factor.SMS_MFA,
}


async def ask_by_sms(world: Services, situation: Situation) -> Asked:
    """Text a code; raises NoCourier."""
    asked = await _ask(world, situation, Step.SMS_MFA)
    parameters = {**asked.parameters, "USER_ID_FOR_SRP": situation.user.username}
    return Asked(parameters, asked.kept, asked.also, asked.sends)


async def ask_by_email(world: Services, situation: Situation) -> Asked:
    """Mail a code; raises NoCourier, TooManySignInCodes."""
    return await _ask(world, situation, Step.EMAIL_OTP)


async def ask_by_sms_first(world: Services, situation: Situation) -> Asked:
    """Text the code that a sign-in begins with; raises NoCourier, TooManySignInCodes."""
    return await _ask(world, situation, Step.SMS_OTP)


async def judge_by_sms(world: Services, situation: Situation, answer: Answer, kept: Mapping[str, str]) -> Passed:
    """Compare the code; raises MissingParameter, MfaCodeWrong, PasswordAttemptsExceeded, AliasExistsException."""
    return await _judge(world, situation, answer, kept, Step.SMS_MFA)


async def judge_by_email(world: Services, situation: Situation, answer: Answer, kept: Mapping[str, str]) -> Passed:
    """Compare the code; raises MissingParameter, MfaCodeWrong, PasswordAttemptsExceeded, AliasExistsException."""
    return await _judge(world, situation, answer, kept, Step.EMAIL_OTP)


async def judge_by_sms_first(world: Services, situation: Situation, answer: Answer, kept: Mapping[str, str]) -> Passed:
    """Compare the code; raises MissingParameter, MfaCodeWrong, PasswordAttemptsExceeded, AliasExistsException."""
    return await _judge(world, situation, answer, kept, Step.SMS_OTP)


async def _ask(world: Services, situation: Situation, step: Step) -> Asked:
    pool, user, contact = situation.pool, situation.user, CONTACT_OF[SENT_BY[step]]
    target = Target(contact, VERIFIED_BY[contact], user.attributes[contact])
    if not is_carried(world, pool, target.medium):  # the operations' models have no refusal for a failed delivery
        raise errors.NoCourier(medium=target.medium)
    if not is_imagined(user):
        target = await worded(world, pool, user, target, MessageKind.AUTHENTICATION)
    digits = new_digits(world)
    occasion = Occasion(MessageKind.AUTHENTICATION, digits, world.now_ms() + situation.client.auth_session_ms)
    message = compose(world, pool, user, target, occasion)
    digest = world.sealer.digest(digits.encode(), _purpose(situation, step))
    if is_imagined(user):  # to nobody, a code that nobody can have
        message, digest = replace(message, to=NOBODY), world.ids.token(len(digest))
    parameters = {
        "CODE_DELIVERY_DELIVERY_MEDIUM": target.medium.value,
        "CODE_DELIVERY_DESTINATION": target.masked,
    }
    kept = {"digest": digest.hex(), "to": target.destination}
    is_first = not first_factor_shown(situation)

    async def also(tx: Tx) -> None:
        if is_first:  # anybody can ask for it
            await count_with(tx, world, pool, user.sub, SIGN_IN_CODES)
        await enqueue(tx, world, message)

    return Asked(parameters, kept, also, sends=True)


def _purpose(situation: Situation, step: Step) -> str:
    return f"mfa-code:{situation.pool.pool_id}:{situation.user.sub}:{step}"


async def _judge(world: Services, situation: Situation, answer: Answer, kept: Mapping[str, str], step: Step) -> Passed:
    factor = SENT_BY[step]
    code, expected = answer.require(f"{step}_CODE"), bytes.fromhex(kept["digest"])
    given = world.sealer.digests(code.encode(), _purpose(situation, step))
    right = any(hmac.compare_digest(expected, one) for one in given)
    await judge_guess(world, await _suspect(world, situation, factor), errors.MfaCodeWrong, right=right)
    if situation.user.attributes.get(CONTACT_OF[factor]) != kept["to"]:  # somewhere else the code was not received
        raise errors.InvalidSession
    return _proved(world, situation, CONTACT_OF[factor], kept["to"])


async def _suspect(world: Services, situation: Situation, factor: Factor) -> Suspect:
    pool_id, subject, failed = situation.pool.pool_id, guessed(situation.user.sub, factor), world.turns.failed
    now_ms = world.now_ms()
    standing = await world.database.read(lambda tx: lockouts.standing(tx, pool_id, subject, now_ms))
    return Suspect(pool_id, subject, situation.user, standing, failed)


def _proved(world: Services, situation: Situation, contact: str, received_at: str) -> Passed:
    """Who received a code there has the contact: it is verified from now on."""
    pool, user = situation.pool, situation.user
    if user.attributes.get(VERIFIED_FLAG[contact]) == "true":
        return Passed(user)
    now_ms, verified = world.now_ms(), {VERIFIED_FLAG[contact]: "true"}

    async def also(tx: Tx) -> None:
        held = await users.held(tx, pool.pool_id, user.sub)
        if held is None or held.attributes.get(contact) != received_at:
            raise errors.InvalidSession
        after = held.with_attributes(verified, now_ms)
        await users.update(tx, after, held)
        await follow_attributes(tx, pool, after)

    return Passed(user.with_attributes(verified, now_ms), also)
