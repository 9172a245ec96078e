"""The password as a first factor, however it came: judged, and its hash made stronger where it is weak."""

from collections.abc import Mapping

from cognomen.domain.account_states import check_may_sign_in, waits_for_code
from cognomen.domain.app_client import AppClient
from cognomen.domain.pool import UserPool
from cognomen.domain.user import User
from cognomen.flows.leaked_passwords import refuse_leaked_at_sign_in
from cognomen.flows.lockout import Suspect, judge_password
from cognomen.flows.run_trigger import pre_authentication
from cognomen.services import Services
from cognomen.storage import users


async def show_password(
    world: Services, pool: UserPool, client: AppClient, suspect: Suspect, given: Mapping[str, str]
) -> User:
    """The user whose USERNAME and PASSWORD were given, and who may sign in.

    Raises NotAuthorizedException, PasswordAttemptsExceeded, UserIsDisabled, UserNotConfirmedException,
    PasswordResetRequiredException, TemporaryPasswordExpired, TooManyRequestsException.
    """
    user, password = suspect.user, given["PASSWORD"]
    if pool.triggers:
        await pre_authentication(world, pool, client, user, given["USERNAME"])
    if user is not None and waits_for_code(user) and not client.hides_existence:
        check_may_sign_in(pool.password_policy, user, world.now_ms())
    verdict = await judge_password(world, suspect, password)
    assert user is not None, "a password that is right is somebody's"
    check_may_sign_in(pool.password_policy, user, world.now_ms())
    if world.watch:
        await refuse_leaked_at_sign_in(world, user, password)
    if verdict.outdated:
        stronger = await world.passwords.keep(user.pool_id, user.username, password, user.password_set_ms)
        await world.database.write(lambda tx: users.save_password(tx, user, stronger))
    return user
