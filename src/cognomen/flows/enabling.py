"""Letting an account sign in, or not (AdminEnableUser, AdminDisableUser)."""

from dataclasses import replace

from cognomen.domain.user import User
from cognomen.flows.accounts import hold_user
from cognomen.services import Services
from cognomen.storage import token_sessions, users
from cognomen.storage.database import Tx


async def enable(world: Services, user: User) -> None:
    """Let a user sign in again; raises UserNotFoundException."""
    await world.database.write(lambda tx: _set(tx, user, enabled=True, now_ms=world.now_ms()))


async def disable(world: Services, user: User) -> None:
    """Let a user in no more, and end every sign-in for good, so that enabling brings none back.

    Raises UserNotFoundException.
    """
    now_ms = world.now_ms()

    async def work(tx: Tx) -> None:
        await _set(tx, user, enabled=False, now_ms=now_ms)
        await token_sessions.revoke_of_user(tx, user.pool_id, user.sub, now_ms)

    await world.database.write(work)


async def _set(tx: Tx, user: User, *, enabled: bool, now_ms: int) -> None:
    held = await hold_user(tx, user)
    await users.update(tx, replace(held, enabled=enabled, modified_ms=now_ms), held)
