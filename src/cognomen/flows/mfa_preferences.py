"""Changing which second factors a user is asked for."""

from collections.abc import Sequence

from cognomen import errors
from cognomen.domain.mfa_preferences import Wish, factors_after, with_passkeys
from cognomen.domain.pool import UserPool
from cognomen.domain.user import User
from cognomen.services import Services
from cognomen.storage import users
from cognomen.storage.database import Tx


async def set_preferences(
    world: Services, pool: UserPool, user: User, wishes: Sequence[Wish], *, passkey_is_enough: bool | None = None
) -> None:
    """Let these wishes hold, all or none; where nothing is said of passkeys, that stays.

    Raises UserNotFoundException and what `factors_after` and `with_passkeys` refuse.
    """

    async def work(tx: Tx) -> None:
        held = await users.held(tx, pool.pool_id, user.sub)
        if held is None:
            raise errors.UserNotFoundException
        factors = factors_after(pool, held, wishes)
        if passkey_is_enough is not None:
            factors = with_passkeys(pool, factors, enough=passkey_is_enough)
        await users.set_factors(tx, held.with_factors(factors, world.now_ms()))

    await world.database.write(work)
