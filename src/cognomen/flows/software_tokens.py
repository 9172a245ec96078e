"""Authenticator apps of signed-in users: giving out a secret, proving it, and taking an app away (reference 05)."""

from cognomen import errors
from cognomen.domain.pool import UserPool
from cognomen.domain.second_factors import Factor
from cognomen.domain.totp import SECRET_BYTES, matching_step, secret_code
from cognomen.domain.user import User
from cognomen.flows.totp import is_sealed_anew, token_purpose
from cognomen.services import Services
from cognomen.storage import software_tokens, users
from cognomen.storage.database import Tx


async def associate(world: Services, pool: UserPool, user: User) -> str:
    """Give a secret out, once; the app in use stays until the new one is proved.

    Raises SoftwareTokenMFANotFoundException.
    """
    _require_offered(pool)
    secret = world.ids.token(SECRET_BYTES)
    sealed = sealed_for(world, user, secret)
    await world.database.write(lambda tx: software_tokens.give_out(tx, pool.pool_id, user.sub, sealed))
    return secret_code(secret)


async def verify(world: Services, pool: UserPool, user: User, code: str, name: str) -> None:
    """Set the app up to which the last secret was given; whether it is asked for is a matter of preferences.

    Raises SoftwareTokenMFANotFoundException, SoftwareTokenNotGivenOut, EnableSoftwareTokenMFAException,
    UserNotFoundException.
    """
    _require_offered(pool)
    waiting = await world.database.read(lambda tx: software_tokens.waiting(tx, pool.pool_id, user.sub))
    if waiting is None:
        raise errors.SoftwareTokenNotGivenOut
    secret = world.sealer.open(waiting, token_purpose(pool.pool_id, user.sub))
    step = require_right_code(world, secret, code)

    async def work(tx: Tx) -> None:
        held = await users.held(tx, pool.pool_id, user.sub)
        if held is None:
            raise errors.UserNotFoundException
        if not await _prove(tx, world, user, (secret, waiting, step)):
            raise errors.EnableSoftwareTokenMFAException
        await users.set_factors(tx, held.with_factors(held.factors.with_token(name), world.now_ms()))

    await world.database.write(work)


async def _prove(tx: Tx, world: Services, user: User, proof: tuple[bytes, bytes, int]) -> bool:
    """Whether the secret still waited, if meanwhile sealed under another master key."""
    secret, waiting, step = proof
    if await software_tokens.prove(tx, user.pool_id, user.sub, waiting, step):
        return True
    now = await software_tokens.waiting(tx, user.pool_id, user.sub)
    if now is None or not is_sealed_anew(world, user, secret, (waiting, now)):
        return False
    return await software_tokens.prove(tx, user.pool_id, user.sub, now, step)


async def delete(world: Services, user: User) -> None:
    """Take a user's app away; they can set up another one. Raises SoftwareTokenNotGivenOut, UserNotFoundException."""

    async def work(tx: Tx) -> None:
        held = await users.held(tx, user.pool_id, user.sub)
        if held is None:
            raise errors.UserNotFoundException
        if not await software_tokens.delete(tx, user.pool_id, user.sub):
            raise errors.SoftwareTokenNotGivenOut
        await users.set_factors(tx, held.with_factors(held.factors.without_token(), world.now_ms()))

    await world.database.write(work)


def require_right_code(world: Services, secret: bytes, code: str) -> int:
    """The time step of a code that the app of this secret shows now; raises EnableSoftwareTokenMFAException."""
    step = matching_step(secret, code, world.now_ms())
    if step is None:
        raise errors.EnableSoftwareTokenMFAException
    return step


def sealed_for(world: Services, user: User, secret: bytes) -> bytes:
    """A secret as it is kept."""
    return world.sealer.seal(secret, token_purpose(user.pool_id, user.sub))


def _require_offered(pool: UserPool) -> None:
    if Factor.SOFTWARE_TOKEN_MFA not in pool.second_factors:
        raise errors.SoftwareTokenMFANotFoundException
