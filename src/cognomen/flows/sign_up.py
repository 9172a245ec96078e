"""Sign-up, confirmation and the code in between, as every face does it (reference 04)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cognomen import errors
from cognomen.domain.app_client import AppClient
from cognomen.domain.attributes import VERIFIED_FLAG, check_required, check_values, check_writable
from cognomen.domain.codes import CodePurpose
from cognomen.domain.messages import MessageKind
from cognomen.domain.pool import UserPool
from cognomen.domain.user import NameKind, SignInName, User, UserStatus
from cognomen.domain.usernames import NewNames, names_of_new_user
from cognomen.flows.accounts import find_user
from cognomen.flows.aliases import claim_aliases
from cognomen.flows.deliver import Target, choose_medium, require_courier
from cognomen.flows.imagined import imagined_subject, imagined_target
from cognomen.flows.verification import count_attempt, issue_code, spend_code, store_and_send
from cognomen.services import Services
from cognomen.storage import codes, users
from cognomen.storage.database import Tx

NAME_TAKEN: Mapping[NameKind, type[errors.UsernameExistsException]] = {
    NameKind.USERNAME: errors.UsernameExistsException,
    NameKind.EMAIL: errors.EmailAccountExists,
    NameKind.PHONE_NUMBER: errors.PhoneAccountExists,
}


@dataclass(frozen=True, slots=True)
class Registration:
    """What somebody gave to sign up."""

    username: str
    password: str = field(repr=False)
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Registered:
    """The new account, and where its code went."""

    user: User
    target: Target | None


async def register(world: Services, pool: UserPool, client: AppClient, asked: Registration) -> Registered:
    """Make an unconfirmed account and send its code.

    Raises SignUpNotPermitted, InvalidParameterException, UnauthorizedAttribute, InvalidPasswordException,
    UsernameExistsException, CodeDeliveryFailureException.
    """
    if pool.only_admins_create:
        raise errors.SignUpNotPermitted
    sub = world.ids.uuid()
    named = names_of_new_user(pool, asked.username, sub)
    attributes = _checked_attributes(pool, client, named, asked.attributes)
    pool.password_policy.check(asked.password)
    target = choose_medium(pool, attributes)
    if target:
        require_courier(world, target)
    now_ms = world.now_ms()
    password = await world.passwords.keep(pool.pool_id, named.username, asked.password, now_ms)
    user = User(
        pool_id=pool.pool_id,
        sub=sub,
        username=named.username,
        status=UserStatus.UNCONFIRMED,
        enabled=True,
        attributes=attributes,
        password=password,
        created_ms=now_ms,
        modified_ms=now_ms,
    )
    await _remember(world, pool, user, named.names, target)
    return Registered(user, target)


def _checked_attributes(
    pool: UserPool, client: AppClient, named: NewNames, given: Mapping[str, str]
) -> Mapping[str, str]:
    check_writable(pool.schema, client.writable, given)
    attributes = named.complete(given)
    if "preferred_username" in pool.alias_attributes and given.get("preferred_username"):
        text = "Cannot set preferred_username as an alias before the account is confirmed."
        raise errors.InvalidParameterException(text)
    check_values(pool.schema, attributes)
    check_required(pool.schema, attributes)
    unverified = {flag: "false" for name, flag in VERIFIED_FLAG.items() if attributes.get(name)}
    return {**attributes, **unverified}


async def _remember(
    world: Services, pool: UserPool, user: User, names: tuple[SignInName, ...], target: Target | None
) -> None:
    issued = issue_code(world, pool, user, target, MessageKind.SIGN_UP) if target else None

    async def work(tx: Tx) -> None:
        await users.insert(tx, user, names)
        if issued:
            await store_and_send(tx, world, issued)

    try:
        await world.database.write(work)
    except users.NameTaken as clash:
        raise NAME_TAKEN[clash.kind] from clash
    if issued:
        world.bell.ring()


async def resend(world: Services, pool: UserPool, client: AppClient, name: str) -> Target:
    """Send a fresh sign-up code; the older one stops working.

    Raises UserClientPairNotFound, UserAlreadyConfirmed, NoDeliveryTarget, LimitExceededException.
    """
    user = await find_user(world, pool, name)
    if user is None:
        return await _resend_to_nobody(world, pool, client, name)
    if user.status is not UserStatus.UNCONFIRMED:
        raise errors.UserAlreadyConfirmed
    target = choose_medium(pool, user.attributes)
    if target is None:
        raise errors.NoDeliveryTarget
    require_courier(world, target)
    await count_attempt(world, pool, user.sub, "resend_confirmation_code")
    issued = issue_code(world, pool, user, target, MessageKind.RESEND_CODE)
    await world.database.write(lambda tx: store_and_send(tx, world, issued))
    world.bell.ring()
    return target


async def _resend_to_nobody(world: Services, pool: UserPool, client: AppClient, name: str) -> Target:
    """Answer as for a user, the limit included, where the client must not tell that there is none."""
    if not client.hides_existence:
        raise errors.UserClientPairNotFound
    target = imagined_target(world, pool, name)
    require_courier(world, target)
    await count_attempt(world, pool, imagined_subject(world, pool, name), "resend_confirmation_code")
    return target


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What somebody gave to confirm an account."""

    username: str
    digits: str = field(repr=False)
    force_alias: bool


async def confirm(world: Services, pool: UserPool, client: AppClient, asked: Confirmation) -> None:
    """Confirm an account by its code, which works once.

    Raises UserClientPairNotFound, UserCannotBeConfirmed, CodeMismatchException, ExpiredCodeException,
    AliasExistsException, LimitExceededException.
    """
    user = await find_user(world, pool, asked.username)
    if user is None and not client.hides_existence:
        raise errors.UserClientPairNotFound
    subject = user.sub if user else imagined_subject(world, pool, asked.username)
    await count_attempt(world, pool, subject, "confirm_sign_up")
    if user is None:
        raise errors.CodeMismatchException
    if user.status is not UserStatus.UNCONFIRMED:
        raise errors.UserCannotBeConfirmed(status=user.status)

    async def work(tx: Tx) -> None:
        code = await spend_code(tx, world, user, CodePurpose.SIGN_UP, asked.digits)
        now_ms, proven = world.now_ms(), {VERIFIED_FLAG[code.attribute]: "true"}
        confirmed = (await _held_unconfirmed(tx, pool, user.sub)).with_attributes(proven, now_ms).confirmed(now_ms)
        await _store_confirmed(tx, pool, confirmed, by_force=asked.force_alias)

    await world.database.write(work)


async def confirm_by_admin(world: Services, pool: UserPool, user: User) -> None:
    """Confirm an account without a code; verifies no attribute. Raises UserCannotBeConfirmed."""

    async def work(tx: Tx) -> None:
        await codes.drop(tx, user.pool_id, user.sub, CodePurpose.SIGN_UP)
        confirmed = (await _held_unconfirmed(tx, pool, user.sub)).confirmed(world.now_ms())
        await _store_confirmed(tx, pool, confirmed, by_force=False)

    await world.database.write(work)


async def _held_unconfirmed(tx: Tx, pool: UserPool, sub: str) -> User:
    user = await users.held(tx, pool.pool_id, sub)
    if user is None:
        raise errors.UserNotFoundException
    if user.status is not UserStatus.UNCONFIRMED:
        raise errors.UserCannotBeConfirmed(status=user.status)
    return user


async def _store_confirmed(tx: Tx, pool: UserPool, confirmed: User, *, by_force: bool) -> None:
    await users.update(tx, confirmed)
    await claim_aliases(tx, pool, confirmed, by_force=by_force)
