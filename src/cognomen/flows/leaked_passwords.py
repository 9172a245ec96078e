"""Passwords that are on a list of breached ones: noted, and refused where the pool says so (reference 11, risk).

Only pools with threat protection look; a password that is shown by SRP is not known to the server.
"""

from cognomen import errors
from cognomen.domain.risk import NO_LIST
from cognomen.domain.user import User, UserStatus
from cognomen.flows.accounts import hold_user
from cognomen.services import Services
from cognomen.storage import users
from cognomen.storage.database import Tx


async def refuse_leaked(world: Services, password: str, occasion: str) -> None:
    """Refuse a new password that is on the list; `occasion` is SIGN_UP or PASSWORD_CHANGE. Raises PasswordLeaked."""
    if await _is_refused(world, password, occasion):
        raise errors.PasswordLeaked


async def refuse_leaked_at_sign_in(world: Services, user: User, password: str) -> None:
    """Have a user whose password is on the list choose another one; raises PasswordResetRequiredException.

    A temporary password is let be: its user is about to choose another one.
    """
    if user.status is not UserStatus.CONFIRMED or not await _is_refused(world, password, "SIGN_IN"):
        return

    async def work(tx: Tx) -> None:
        held = await hold_user(tx, user)
        if held.status is UserStatus.CONFIRMED and held.password_set_ms == user.password_set_ms:
            await users.update(tx, held.to_be_reset(world.now_ms()))

    await world.database.write(work)
    raise errors.PasswordResetRequiredException


async def _is_refused(world: Services, password: str, occasion: str) -> bool:
    """Look the password up where the pool watches for this; raises NotSupportedYet where the list is gone meanwhile."""
    watch = world.watch
    if watch is None or occasion not in watch.configuration.watched:
        return False
    if world.leaked is None:
        if watch.enforced and watch.configuration.blocks_leaked:
            raise errors.NotSupportedYet(member="EventAction BLOCK", reason=NO_LIST)
        return False
    return watch.found(leaked=await world.leaked.holds(password))
