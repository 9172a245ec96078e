"""Forgotten passwords: a code goes to a verified contact, and with it a new password is set (reference 04)."""

import hmac
from dataclasses import dataclass, field

from cognomen import errors
from cognomen.domain.app_client import AppClient
from cognomen.domain.codes import CodePurpose
from cognomen.domain.messages import MessageKind
from cognomen.domain.pool import UserPool
from cognomen.domain.recovery import check_reset, contact_to_reset
from cognomen.domain.user import User, UserStatus
from cognomen.flows.accounts import find_user, hold_user
from cognomen.flows.deliver import VERIFIED_BY, Target, enqueue, is_carried, require_courier, worded
from cognomen.flows.imagined import imagined_code, imagined_contact, imagined_subject
from cognomen.flows.leaked_passwords import refuse_leaked
from cognomen.flows.migration import Stranger, migrate_forgetful, migrates
from cognomen.flows.passwords import make_password, replace_password
from cognomen.flows.run_trigger import post_confirmation
from cognomen.flows.verification import Issued, count_and_send, count_attempt, digest_purpose, issue_code, spend_code
from cognomen.services import Services
from cognomen.storage import codes, users
from cognomen.storage.database import Tx

ATTEMPTS = "recover_password"  # asking for codes and trying them count together
# What a client that hides existence must not tell; such users are treated like names that nobody has.
TELLING = (
    errors.UserNotFoundException,
    errors.UserNotConfirmedException,
    errors.UserIsDisabled,
    errors.PasswordCannotBeReset,
    errors.NoVerifiedContact,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What asking for a code leads to; the message is to nobody where the user is only imagined."""

    target: Target
    issued: Issued


async def forgot(world: Services, pool: UserPool, client: AppClient, name: str) -> Target:
    """Send a code by which a user sets a new password; the older one stops working.

    Raises OnlyAdminsReset, UserClientPairNotFound, UserIsDisabled, PasswordCannotBeReset, NoVerifiedContact,
    CodeDeliveryFailureException, LimitExceededException.
    """
    _refuse_admin_only(pool)
    user = await find_user(world, pool, name)
    if user is None and migrates(pool):
        await migrate_forgetful(world, pool, Stranger(client, name))
        user = await find_user(world, pool, name)
    try:
        plan = _plan_for_user(world, pool, user)
    except TELLING:
        if not client.hides_existence:
            raise
        plan = _plan_for_nobody(world, pool, name)
    require_courier(world, pool, plan.target)
    if pool.triggers and user is not None and plan.issued.code.sub == user.sub:
        plan = await _worded(world, pool, user, plan)
    await count_and_send(world, pool, plan.issued, ATTEMPTS)
    return plan.target


async def _worded(world: Services, pool: UserPool, user: User, plan: Plan) -> Plan:
    """The same plan in the words of the pool's trigger."""
    target = await worded(world, pool, user, plan.target, MessageKind.FORGOT_PASSWORD)
    return Plan(target, issue_code(world, pool, user, target, MessageKind.FORGOT_PASSWORD))


def _refuse_admin_only(pool: UserPool) -> None:
    if not pool.recovery_contacts:
        raise errors.OnlyAdminsReset


def _plan_for_user(world: Services, pool: UserPool, user: User | None) -> Plan:
    if user is None:
        raise errors.UserClientPairNotFound
    target = _target_of(pool, user)
    return Plan(target, issue_code(world, pool, user, target, MessageKind.FORGOT_PASSWORD))


def _target_of(pool: UserPool, user: User) -> Target:
    contact = contact_to_reset(pool.recovery_contacts, user)
    return Target(contact, VERIFIED_BY[contact], user.attributes[contact])


def _plan_for_nobody(world: Services, pool: UserPool, name: str) -> Plan:
    """A code that nobody can have is kept, so that trying one is answered as it is for users."""
    target = imagined_contact(world, pool, name, pool.recovery_contacts)
    return Plan(target, imagined_code(world, pool, name, target, MessageKind.FORGOT_PASSWORD))


@dataclass(frozen=True, slots=True)
class Reset:
    """What somebody gave to set a new password."""

    username: str
    digits: str = field(repr=False)
    password: str = field(repr=False)


async def confirm(world: Services, pool: UserPool, client: AppClient, asked: Reset) -> None:
    """Set a new password by a code, which works once; who had to reset it is CONFIRMED again.

    Raises InvalidPasswordException, UserClientPairNotFound, UserIsDisabled, UserNotConfirmedException,
    PasswordCannotBeReset, LimitExceededException, CodeMismatchException, ExpiredCodeException,
    PasswordHistoryPolicyViolationException, TooManyRequestsException.
    """
    pool.password_policy.check(asked.password)
    await refuse_leaked(world, asked.password, "PASSWORD_CHANGE")
    user = await _user_to_reset(world, pool, client, asked.username)
    subject = user.sub if user else imagined_subject(world, pool, asked.username)
    await count_attempt(world, pool, subject, ATTEMPTS)
    await _require_right_code(world, pool, subject, asked.digits)
    assert user is not None  # nobody else has a right code
    password = await make_password(world, pool, user, asked.password)

    async def work(tx: Tx) -> User:
        await spend_code(tx, world, user, CodePurpose.FORGOT_PASSWORD, asked.digits)
        held = await users.held(tx, pool.pool_id, user.sub)
        if held is None:
            raise errors.ExpiredCodeException
        check_reset(held)
        return await replace_password(tx, pool, held, password, UserStatus.CONFIRMED)

    after = await world.database.write(work)
    if pool.triggers:
        await post_confirmation(world, pool, after, "ConfirmForgotPassword")


async def _user_to_reset(world: Services, pool: UserPool, client: AppClient, name: str) -> User | None:
    """The user whose password may be reset; None where nobody must know that there is no such user."""
    user = await find_user(world, pool, name)
    try:
        if user is None:
            raise errors.UserClientPairNotFound
        check_reset(user)
    except TELLING:
        if not client.hides_existence:
            raise
        return None
    return user


async def _require_right_code(world: Services, pool: UserPool, subject: str, digits: str) -> None:
    """Refuse a wrong code before a password is hashed for it; raises CodeMismatchException, ExpiredCodeException."""
    purpose = CodePurpose.FORGOT_PASSWORD
    code = await world.database.read(lambda tx: codes.get(tx, pool.pool_id, subject, purpose))
    if code is None or code.expires_ms <= world.now_ms():
        raise errors.ExpiredCodeException
    given = world.sealer.digests(digits.encode(), digest_purpose(pool.pool_id, subject, purpose))
    if not any(hmac.compare_digest(code.digest, one) for one in given):
        raise errors.CodeMismatchException


async def reset_by_admin(world: Services, pool: UserPool, user: User) -> None:
    """Make a user choose another password, by a code that is sent; until then nobody signs in with the old one.

    Raises OnlyAdminsReset, UserIsDisabled, PasswordCannotBeReset, NoVerifiedContact, NoCourier, UserNotFoundException.
    """
    _refuse_admin_only(pool)
    target = _target_of(pool, user)
    if not is_carried(world, pool, target.medium):  # the operation's model has no refusal for a failed delivery
        raise errors.NoCourier(medium=target.medium)
    target = await worded(world, pool, user, target, MessageKind.FORGOT_PASSWORD)
    issued = issue_code(world, pool, user, target, MessageKind.FORGOT_PASSWORD)

    async def work(tx: Tx) -> None:
        held = await hold_user(tx, user)
        contact_to_reset(pool.recovery_contacts, held)
        await users.update(tx, held.to_be_reset(world.now_ms()))
        await codes.put(tx, issued.code)
        await enqueue(tx, world, issued.message)

    await world.database.write(work)
    world.bell.ring()
