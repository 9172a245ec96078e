"""Finding the account that a caller names."""

from cognomen import errors
from cognomen.domain.pool import UserPool
from cognomen.domain.user import User
from cognomen.domain.usernames import key_of
from cognomen.services import Services
from cognomen.storage import users
from cognomen.storage.database import Tx


async def find_user(world: Services, pool: UserPool, name: str) -> User | None:
    """The user with this name or alias."""
    user = await world.database.read(lambda tx: users.by_name(tx, pool.pool_id, key_of(pool, name)))
    tell_audit(world, user)
    return user


def tell_audit(world: Services, user: User | None) -> None:
    """Say in the record of the call, where it has one, whom it is about."""
    if world.note is not None and user is not None:
        world.note.sub = user.sub


async def require_user(world: Services, pool: UserPool, name: str) -> User:
    """The user with this name or alias, for callers who may know; raises UserNotFoundException."""
    user = await find_user(world, pool, name)
    if user is None:
        raise errors.UserNotFoundException
    return user


async def hold_user(tx: Tx, user: User) -> User:
    """The account as it is now, which nobody else changes before the commit; raises UserNotFoundException."""
    held = await users.held(tx, user.pool_id, user.sub)
    if held is None:
        raise errors.UserNotFoundException
    return held
