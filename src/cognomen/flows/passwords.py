"""New passwords: judged by the pool's policy and by history, hashed, and put in place of the old one."""

from cognomen import errors
from cognomen.domain.codes import CodePurpose
from cognomen.domain.pool import UserPool
from cognomen.domain.user import StoredPassword, User, UserStatus
from cognomen.flows.accounts import hold_user
from cognomen.flows.leaked_passwords import refuse_leaked
from cognomen.flows.verification import count_attempt
from cognomen.services import Services
from cognomen.storage import codes, password_history, users
from cognomen.storage.database import Tx


async def change(world: Services, pool: UserPool, user: User, previous: str | None, proposed: str) -> None:
    """Change the password of a signed-in user, whose tokens stay good.

    Raises InvalidPasswordException, LimitExceededException, MissingParameter, NotAuthorizedException,
    PasswordHistoryPolicyViolationException, TooManyRequestsException.
    """
    pool.password_policy.check(proposed)
    await refuse_leaked(world, proposed, "PASSWORD_CHANGE")
    if user.password and not previous:
        raise errors.MissingParameter(name="PreviousPassword")
    await count_attempt(world, pool, user.sub, "change_password")
    if previous and not (await world.passwords.check(user.password, previous)).right:
        raise errors.NotAuthorizedException
    password = await make_password(world, pool, user, proposed)

    async def work(tx: Tx) -> None:
        held = await users.held(tx, pool.pool_id, user.sub)
        if held is None or held.password_set_ms != user.password_set_ms:
            raise errors.NotAuthorizedException
        await replace_password(tx, pool, held, password, held.status)

    await world.database.write(work)


async def set_by_admin(world: Services, pool: UserPool, user: User, proposed: str, status: UserStatus) -> None:
    """Give an account a password and the state that goes with it; codes that wait to be used stop working.

    Raises AdminsPasswordInvalid, PasswordHistoryPolicyViolationException, UserNotFoundException,
    TooManyRequestsException.
    """
    pool.password_policy.check(proposed, by_admin=True)
    password = await make_password(world, pool, user, proposed)

    async def work(tx: Tx) -> None:
        await replace_password(tx, pool, await hold_user(tx, user), password, status)
        await codes.drop(tx, pool.pool_id, user.sub, CodePurpose.SIGN_UP)

    await world.database.write(work)


async def make_password(world: Services, pool: UserPool, user: User, proposed: str) -> StoredPassword:
    """Hash a password that the policy allows, with a fresh SRP verifier.

    Raises PasswordHistoryPolicyViolationException, TooManyRequestsException.
    """
    for used in await _not_to_be_used_again(world, pool, user):
        if (await world.passwords.check(used, proposed)).right:
            raise errors.PasswordHistoryPolicyViolationException
    later = max(world.now_ms(), user.password_set_ms + 1)  # passwords of one user are told apart by their times
    return await world.passwords.keep(pool.pool_id, user.username, proposed, later)


async def _not_to_be_used_again(world: Services, pool: UserPool, user: User) -> list[StoredPassword]:
    """The passwords that the pool's history remembers, the present one first."""
    size = pool.password_policy.history_size
    present = [user.password] if user.password and size else []
    earlier = size - len(present)
    if earlier <= 0:
        return present
    hashes = await world.database.read(lambda tx: password_history.newest(tx, pool.pool_id, user.sub, earlier))
    return [*present, *(StoredPassword(one, b"", b"", 0) for one in hashes)]


async def replace_password(tx: Tx, pool: UserPool, held: User, password: StoredPassword, status: UserStatus) -> User:
    """Put a password in place of that of an account which this write holds, and answer the account as it is then.

    A code for a forgotten password stops working.
    """
    earlier = pool.password_policy.history_size - 1
    if held.password and earlier > 0:
        await password_history.add(tx, pool.pool_id, held.sub, held.password, keep=earlier)
    changed = held.with_password(password, status)
    await users.set_password(tx, changed)
    await codes.drop(tx, pool.pool_id, held.sub, CodePurpose.FORGOT_PASSWORD)
    return changed
