"""SOFTWARE_TOKEN_MFA: the code of an authenticator app, each taken once (RFC 6238; reference 05)."""

from collections.abc import Mapping

from cognomen import errors
from cognomen.domain.challenges import Situation
from cognomen.domain.second_factors import Factor, guessed
from cognomen.domain.totp import matching_step
from cognomen.domain.user import User
from cognomen.flows.answers import Answer, Asked, Passed
from cognomen.flows.factor_guesses import judge_guess
from cognomen.flows.lockout import Suspect
from cognomen.services import Services
from cognomen.signing.port import SealBroken
from cognomen.storage import software_tokens
from cognomen.storage.database import Tx


def token_purpose(pool_id: str, sub: str) -> str:
    """What a secret is sealed for, so that it is of no use in another account."""
    return f"software-token:{pool_id}:{sub}"


async def ask(world: Services, situation: Situation) -> Asked:  # noqa: ARG001
    """Tell the name of the app; who chose it is not told again who they are."""
    name = situation.user.factors.app_name
    parameters = {"FRIENDLY_DEVICE_NAME": name} if name else {}
    return Asked(parameters if situation.chosen else {**parameters, "USER_ID_FOR_SRP": situation.user.username})


async def judge(world: Services, situation: Situation, answer: Answer, kept: Mapping[str, str]) -> Passed:  # noqa: ARG001
    """Compare the code, and use its time step up.

    Raises MissingParameter, SoftwareTokenCodeWrong, SoftwareTokenUsed, PasswordAttemptsExceeded, InvalidSession.
    """
    pool_id, sub = situation.pool.pool_id, situation.user.sub
    code = answer.require("SOFTWARE_TOKEN_MFA_CODE")
    subject, failed, now_ms = guessed(sub, Factor.SOFTWARE_TOKEN_MFA), world.turns.failed, world.now_ms()
    found = await world.database.read(lambda tx: software_tokens.with_standing(tx, pool_id, sub, subject, now_ms))
    if found is None:  # deleted a moment ago
        raise errors.InvalidSession
    token, standing = found
    secret = _secret(world, pool_id, sub, token.sealed)
    step = matching_step(secret, code, now_ms)
    suspect = Suspect(pool_id, subject, situation.user, standing, failed)
    await judge_guess(world, suspect, errors.SoftwareTokenCodeWrong, right=step is not None)
    assert step is not None, "a code that is right belongs to a step"
    if step <= token.last_step:
        raise errors.SoftwareTokenUsed

    async def also(tx: Tx) -> None:
        if await software_tokens.use_step(tx, pool_id, sub, token.sealed, step):
            return
        sealed = await software_tokens.in_use(tx, pool_id, sub)
        if sealed is None or not is_sealed_anew(world, situation.user, secret, (token.sealed, sealed)):
            raise errors.SoftwareTokenUsed
        if not await software_tokens.use_step(tx, pool_id, sub, sealed, step):
            raise errors.SoftwareTokenUsed

    return Passed(situation.user, also)


def is_sealed_anew(world: Services, user: User, secret: bytes, before_and_now: tuple[bytes, bytes]) -> bool:
    """Whether what is kept of the app has changed, and is the same secret under another master key."""
    before, now = before_and_now
    return now != before and _secret(world, user.pool_id, user.sub, now) == secret


def _secret(world: Services, pool_id: str, sub: str, sealed: bytes) -> bytes:
    try:
        return world.sealer.open(sealed, token_purpose(pool_id, sub))
    except SealBroken as broken:
        raise errors.InternalErrorException from broken
