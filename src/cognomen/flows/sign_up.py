"""Sign-up, confirmation and the code in between, as every face does it (reference 04)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cognomen import errors
from cognomen.domain.app_client import AppClient
from cognomen.domain.attributes import VERIFIED_FLAG, check_required, check_values
from cognomen.domain.client_attributes import check_writable
from cognomen.domain.codes import CodePurpose
from cognomen.domain.messages import MessageKind
from cognomen.domain.pool import UserPool
from cognomen.domain.user import NameKind, SignInName, User, UserStatus
from cognomen.domain.usernames import NewNames, names_of_new_user
from cognomen.flows import hand_over
from cognomen.flows.accounts import find_user, hold_user
from cognomen.flows.aliases import claim_aliases
from cognomen.flows.deliver import Target, choose_medium, require_courier, worded
from cognomen.flows.imagined import imagined_code, imagined_target, imagined_user
from cognomen.flows.leaked_passwords import refuse_leaked
from cognomen.flows.run_trigger import Admission, admission_of, post_confirmation, pre_sign_up
from cognomen.flows.verification import count_and_send, count_attempt, issue_code, spend_code, store_and_send
from cognomen.services import Services
from cognomen.storage import codes, users
from cognomen.storage.database import Tx

RESENDS = "resend_confirmation_code"  # how they are counted
CONFIRMED = "ConfirmSignUp"  # how the trigger after a confirmation is told of sign-ups
NAME_TAKEN: Mapping[NameKind, type[errors.UsernameExistsException]] = {
    NameKind.USERNAME: errors.UsernameExistsException,
    NameKind.EMAIL: errors.EmailAccountExists,
    NameKind.PHONE_NUMBER: errors.PhoneAccountExists,
}


@dataclass(frozen=True, slots=True)
class Registration:
    """What somebody gave to sign up."""

    username: str
    password: str | None = field(repr=False)
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Registered:
    """The new account, where its code went, and the Session for ConfirmSignUp, for clients of USER_AUTH."""

    user: User
    target: Target | None
    session: str | None = field(repr=False)


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
    await _check_password(world, pool, asked.password or "", attributes)
    admission = await _admission(world, pool, named.username, attributes) if pool.triggers else Admission()
    attributes = {**attributes, **admission.verified}
    target = None if admission.confirmed else choose_medium(pool, attributes)
    if target:
        require_courier(world, pool, target)
    now_ms = world.now_ms()
    given = asked.password
    password = await world.passwords.keep(pool.pool_id, named.username, given, now_ms) if given else None
    user = User(
        pool_id=pool.pool_id,
        sub=sub,
        username=named.username,
        status=UserStatus.CONFIRMED if admission.confirmed else UserStatus.UNCONFIRMED,
        enabled=True,
        attributes=attributes,
        password=password,
        created_ms=now_ms,
        modified_ms=now_ms,
    )
    target = await worded(world, pool, user, target, MessageKind.SIGN_UP) if target else None
    await _remember(world, pool, user, named.names, target)
    if not admission.confirmed:
        return Registered(user, target, hand_over.session_of_sign_up(world, pool, client, user))
    await post_confirmation(world, pool, user, CONFIRMED)
    return Registered(user, target, None)


async def _check_password(world: Services, pool: UserPool, password: str, attributes: Mapping[str, str]) -> None:
    """Where codes sign in, a user who can be reached needs none; raises InvalidPasswordException, NoContactForCodes."""
    if password or not pool.is_passwordless:
        pool.password_policy.check(password)
        await refuse_leaked(world, password, "SIGN_UP")
    elif attributes.keys().isdisjoint(VERIFIED_FLAG):
        raise errors.NoContactForCodes


async def _admission(world: Services, pool: UserPool, username: str, attributes: Mapping[str, str]) -> Admission:
    return admission_of(await pre_sign_up(world, pool, username, attributes, "SignUp"), attributes)


def _checked_attributes(
    pool: UserPool, client: AppClient, named: NewNames, given: Mapping[str, str]
) -> Mapping[str, str]:
    check_writable(pool, client, given)
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
        if pool.triggers and user.status is UserStatus.CONFIRMED:
            await claim_aliases(tx, pool, user, by_force=True)
        if issued:
            await store_and_send(tx, world, issued)

    try:
        await world.database.write(work)
    except users.NameTaken as clash:
        raise NAME_TAKEN[clash.kind] from clash
    except errors.AliasExistsException as taken:  # at the same moment; the operation's model has no such error
        raise errors.UsernameExistsException(str(taken)) from taken
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
    require_courier(world, pool, target)
    target = await worded(world, pool, user, target, MessageKind.RESEND_CODE)
    issued = issue_code(world, pool, user, target, MessageKind.RESEND_CODE)
    await count_and_send(world, pool, issued, RESENDS)
    return target


async def _resend_to_nobody(world: Services, pool: UserPool, client: AppClient, name: str) -> Target:
    """Do and answer what is done for a user, the limit included, where the client must not tell that there is none."""
    if not client.hides_existence:
        raise errors.UserClientPairNotFound
    target = imagined_target(world, pool, name)
    require_courier(world, pool, target)
    await count_and_send(world, pool, imagined_code(world, pool, name, target, MessageKind.RESEND_CODE), RESENDS)
    return target


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What somebody gave to confirm an account."""

    username: str
    digits: str = field(repr=False)
    force_alias: bool
    session: str | None = field(default=None, repr=False)  # of SignUp


async def confirm(world: Services, pool: UserPool, client: AppClient, asked: Confirmation) -> str | None:
    """Confirm an account by its code, which works once; a Session of SignUp is changed for one that signs in.

    Raises InvalidSession, SessionExpired, UserClientPairNotFound, UserCannotBeConfirmed, CodeMismatchException,
    ExpiredCodeException, AliasExistsException, LimitExceededException.
    """
    user = await find_user(world, pool, asked.username)
    if user is None and not client.hides_existence:
        raise errors.UserClientPairNotFound
    whom = user or imagined_user(world, pool, asked.username)
    await count_attempt(world, pool, whom.sub, "confirm_sign_up")
    if asked.session:
        hand_over.require_session_of_sign_up(world, client, asked.session, whom)
    if whom.status is not UserStatus.UNCONFIRMED:
        raise errors.UserCannotBeConfirmed(status=whom.status)

    async def work(tx: Tx) -> User:
        code = await spend_code(tx, world, whom, CodePurpose.SIGN_UP, asked.digits)
        now_ms, proven = world.now_ms(), {VERIFIED_FLAG[code.attribute]: "true"}
        confirmed = (await _hold_unconfirmed(tx, whom)).with_attributes(proven, now_ms).confirmed(now_ms)
        return await _store_confirmed(tx, pool, confirmed, by_force=asked.force_alias)

    try:
        confirmed = await world.database.write(work)
    except errors.ExpiredCodeException:
        raise errors.ExpiredCodeException if user else errors.CodeMismatchException from None
    if pool.triggers:
        await post_confirmation(world, pool, confirmed, CONFIRMED)
    return hand_over.session_of_confirmation(world, pool, client, confirmed) if asked.session else None


async def confirm_by_admin(world: Services, pool: UserPool, user: User) -> None:
    """Confirm an account without a code; verifies no attribute. Raises UserCannotBeConfirmed."""

    async def work(tx: Tx) -> User:
        await codes.drop(tx, user.pool_id, user.sub, CodePurpose.SIGN_UP)
        confirmed = (await _hold_unconfirmed(tx, user)).confirmed(world.now_ms())
        return await _store_confirmed(tx, pool, confirmed, by_force=False)

    confirmed = await world.database.write(work)
    if pool.triggers:
        await post_confirmation(world, pool, confirmed, CONFIRMED)


async def _hold_unconfirmed(tx: Tx, user: User) -> User:
    held = await hold_user(tx, user)
    if held.status is not UserStatus.UNCONFIRMED:
        raise errors.UserCannotBeConfirmed(status=held.status)
    return held


async def _store_confirmed(tx: Tx, pool: UserPool, confirmed: User, *, by_force: bool) -> User:
    await users.update(tx, confirmed)
    await claim_aliases(tx, pool, confirmed, by_force=by_force)
    return confirmed
