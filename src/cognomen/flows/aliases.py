"""Aliases: names besides the user name, each held by one account at a time (reference 04, aliases)."""

from cognomen import errors
from cognomen.domain.attributes import VERIFIED_FLAG
from cognomen.domain.pool import UserPool
from cognomen.domain.user import NameKind, SignInName, User
from cognomen.domain.usernames import aliases_of, sign_in_names_of
from cognomen.storage import users
from cognomen.storage.database import Tx


async def claim_aliases(tx: Tx, pool: UserPool, user: User, *, by_force: bool) -> None:
    """Make the user's aliases findable; with force the account that held one loses it and is no longer verified.

    Raises AliasExistsException.
    """
    for alias in aliases_of(pool, user.attributes):
        await _claim(tx, pool, user, alias, by_force=by_force)


async def follow_attributes(tx: Tx, pool: UserPool, user: User) -> None:
    """Make a user findable by what the attributes say now, and by nothing else than that and the user name.

    Raises AliasExistsException, SignInNameNeeded.
    """
    held = {name for name in await users.names_of(tx, pool.pool_id, user.sub) if name.kind is not NameKind.USERNAME}
    wanted = {
        *aliases_of(pool, user.attributes),
        *sign_in_names_of(pool, {name.kind for name in held}, user.attributes),
    }
    for name in held - wanted:
        await users.drop_name(tx, pool.pool_id, user.sub, name)
    for name in wanted - held:
        await _claim(tx, pool, user, name, by_force=False)


async def _claim(tx: Tx, pool: UserPool, user: User, alias: SignInName, *, by_force: bool) -> None:
    holder = await users.holder_of(tx, pool.pool_id, alias)
    if holder == user.sub:
        return
    if holder is not None:
        if not (by_force and alias.kind in VERIFIED_FLAG):  # preferred_username never moves
            raise errors.AliasExistsException(attribute=alias.kind.value)
        await _release(tx, pool, holder, alias, user.modified_ms)
    await _hold(tx, user, alias)


async def _hold(tx: Tx, user: User, alias: SignInName) -> None:
    try:
        await users.add_name(tx, user.pool_id, user.sub, alias)
    except users.NameTaken as clash:  # somebody claimed it a moment ago
        raise errors.AliasExistsException(attribute=alias.kind.value) from clash


async def _release(tx: Tx, pool: UserPool, holder: str, alias: SignInName, now_ms: int) -> None:
    await users.drop_name(tx, pool.pool_id, holder, alias)
    loser = await users.held(tx, pool.pool_id, holder)
    if loser is not None:
        await users.update(tx, loser.with_attributes({VERIFIED_FLAG[alias.kind]: "false"}, now_ms), loser)
