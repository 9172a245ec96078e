"""Users of another directory, brought in by a trigger when they sign in or forget their password (reference 08)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cognomen import errors
from cognomen.domain import trigger_answers as read
from cognomen.domain.app_client import AppClient
from cognomen.domain.attribute_changes import Author, check_new, require_contacts
from cognomen.domain.pool import UserPool
from cognomen.domain.trigger_events import Invocation
from cognomen.domain.trigger_names import Trigger
from cognomen.domain.user import User, UserStatus
from cognomen.domain.usernames import names_of_new_user
from cognomen.flows.aliases import claim_aliases
from cognomen.flows.lockout import Suspect, judge
from cognomen.flows.run_trigger import run
from cognomen.services import Services
from cognomen.signing.port import PasswordVerdict
from cognomen.storage import users
from cognomen.storage.database import Tx, Work

RESPONSE = (
    *("userAttributes", "forceAliasCreation", "enableSMSMFA", "finalUserStatus"),
    *("messageAction", "desiredDeliveryMediums"),
)
STATUSES = {None: UserStatus.RESET_REQUIRED, "RESET_REQUIRED": UserStatus.RESET_REQUIRED}
STATUSES_AT_SIGN_IN = {**STATUSES, "CONFIRMED": UserStatus.CONFIRMED}


@dataclass(frozen=True, slots=True)
class Stranger:
    """Whoever is not in this directory: the name as it was typed, and the password that came with it."""

    client: AppClient
    name: str
    password: str | None = field(default=None, repr=False)


def migrates(pool: UserPool) -> bool:
    """Whether the pool has a trigger that may know strangers."""
    return Trigger.USER_MIGRATION in pool.triggers


async def migrate_at_sign_in(world: Services, pool: UserPool, stranger: Stranger, suspect: Suspect) -> None:
    """Take in whom the trigger knows with this password; a name that it refuses counts as a wrong password.

    Raises PasswordResetRequiredException, MigrationFailed or NotAuthorizedException, PasswordAttemptsExceeded.
    """
    status, failed = UserStatus.UNKNOWN, False

    async def compare() -> PasswordVerdict:
        nonlocal status, failed
        try:
            status = await _migrate(world, pool, stranger, "Authentication")
        except errors.UserLambdaValidationException:
            failed = True
        return PasswordVerdict(right=not failed, outdated=False)

    try:
        await judge(world, suspect, compare)
    except errors.NotAuthorizedException:
        if failed and not stranger.client.hides_existence:
            raise errors.MigrationFailed(client_id=stranger.client.client_id) from None
        raise
    if status is UserStatus.RESET_REQUIRED:
        raise errors.PasswordResetRequiredException


async def migrate_forgetful(world: Services, pool: UserPool, stranger: Stranger) -> None:
    """Take in whom the trigger knows, to choose a password by a code; does nothing where it knows nobody."""
    try:
        await _migrate(world, pool, stranger, "ForgotPassword")
    except errors.UserLambdaValidationException:
        if not stranger.client.hides_existence:
            raise errors.MigrationFailed(client_id=stranger.client.client_id) from None


async def _migrate(world: Services, pool: UserPool, stranger: Stranger, action: str) -> UserStatus:
    asked: dict[str, Any] = {"userAttributes": {}, "validationData": world.caller.validation}
    if stranger.password is not None:
        asked = {"password": stranger.password, **asked}
    invocation = Invocation(Trigger.USER_MIGRATION, action, stranger.name, asked, dict.fromkeys(RESPONSE))
    response = await run(world, pool, invocation)
    user, work = await _account(world, pool, stranger, response)
    try:
        await world.database.write(work)
    except users.NameTaken:  # somebody signed in with it at the same moment
        return UserStatus.UNKNOWN
    except errors.AliasExistsException as taken:
        raise errors.MigrationUnusable(rule=str(taken)) from taken
    return user.status


async def _account(
    world: Services, pool: UserPool, stranger: Stranger, response: read.Response
) -> tuple[User, Work[None]]:
    """The account that the answer describes, and the work that stores it; raises InvalidLambdaResponseException."""
    status = _status(stranger, response)
    given = dict(read.table_of_texts(response, "userAttributes"))
    now_ms, sub = world.now_ms(), world.ids.uuid()
    try:
        named = names_of_new_user(pool, given.pop("username", stranger.name), sub)
        attributes = {name: value for name, value in named.complete(given).items() if value}
        check_new(pool.schema, attributes, Author.ADMIN)
        require_contacts(attributes)
    except errors.InvalidParameterException as fault:
        raise errors.MigrationUnusable(rule=str(fault)) from fault
    password = None
    if status is UserStatus.CONFIRMED and stranger.password is not None:
        password = await world.passwords.keep(pool.pool_id, named.username, stranger.password, now_ms)
    user = User(pool.pool_id, sub, named.username, status, True, attributes, password, now_ms, now_ms)
    by_force = read.flag(response, "forceAliasCreation")

    async def work(tx: Tx) -> None:
        await users.insert(tx, user, named.names)
        await claim_aliases(tx, pool, user, by_force=by_force)

    return user, work


def _status(stranger: Stranger, response: read.Response) -> UserStatus:
    """What becomes of the account; refuses what is asked for and not done here."""
    if read.table_of_texts(response, "userAttributes") == {}:
        raise errors.InvalidLambdaResponseException
    if read.text(response, "messageAction") != "SUPPRESS":
        raise errors.MigrationUnusable(rule="set messageAction to SUPPRESS: this server sends no welcome messages.")
    if read.flag(response, "enableSMSMFA"):
        raise errors.MigrationUnusable(rule="enableSMSMFA is not supported by this server.")
    known: Mapping[str | None, UserStatus] = STATUSES if stranger.password is None else STATUSES_AT_SIGN_IN
    status = known.get(read.text(response, "finalUserStatus"))
    if status is None:
        raise errors.InvalidLambdaResponseException
    return status
