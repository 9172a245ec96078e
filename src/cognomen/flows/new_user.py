"""Accounts made by administrators: invited with a temporary password, and invited again (reference 04)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from cognomen import errors
from cognomen.delivery.port import Medium, Message
from cognomen.domain.attribute_changes import Author, check_new, require_contacts
from cognomen.domain.messages import MessageKind, has_place_for_code
from cognomen.domain.passwords import DAY_MS
from cognomen.domain.pool import UserPool
from cognomen.domain.temporary_passwords import ENTROPY_BYTES, temporary_password
from cognomen.domain.user import NameKind, User, UserStatus
from cognomen.domain.usernames import NewNames, names_of_new_user
from cognomen.flows.accounts import hold_user, require_user
from cognomen.flows.aliases import claim_aliases
from cognomen.flows.custom_senders import has_sender
from cognomen.flows.deliver import VERIFIED_BY, Occasion, Target, compose, enqueue, require_courier, worded
from cognomen.flows.passwords import replace_password
from cognomen.flows.run_trigger import pre_sign_up
from cognomen.flows.sign_up import NAME_TAKEN
from cognomen.services import Services
from cognomen.storage import users
from cognomen.storage.database import Tx, Work

CONTACTS: Mapping[Medium, str] = {medium: attribute for attribute, medium in VERIFIED_BY.items()}
TAKEN = {**NAME_TAKEN, NameKind.USERNAME: errors.UserAccountExists}


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an administrator asks for. Where no media are named it is SMS, for users who have a phone number.

    `status` is the state that goes with the password.
    """

    username: str
    password: str | None = field(repr=False)
    attributes: Mapping[str, str]
    media: frozenset[Medium]
    silent: bool
    force_alias: bool
    status: UserStatus = UserStatus.FORCE_CHANGE_PASSWORD


async def invite(world: Services, pool: UserPool, asked: Invitation) -> User:
    """Make an account and send its temporary password; required attributes may be missing until the first sign-in.

    Raises InvalidParameterException, UsernameExistsException, AdminsPasswordInvalid, CodeDeliveryFailureException,
    TooManyRequestsException.
    """
    user, named = _new_account(world, pool, asked)
    temporary = _temporary_password(world, pool, user, asked)
    if pool.triggers:
        await pre_sign_up(world, pool, user.username, user.attributes, "AdminCreateUser")
    letters = await _letters(world, pool, user, asked, temporary)
    if temporary:
        password = await world.passwords.keep(pool.pool_id, user.username, temporary, user.created_ms)
        user = user.with_password(password, asked.status)

    async def work(tx: Tx) -> None:
        await users.insert(tx, user, named.names)
        await claim_aliases(tx, pool, user, by_force=asked.force_alias)
        await _post(tx, world, letters)

    await _make(world, work)
    if letters:
        world.bell.ring()
    return user


async def invite_again(world: Services, pool: UserPool, asked: Invitation) -> User:
    """Give an account that was never used a fresh temporary password, and send it; attributes stay as they are.

    Raises UserNotFoundException, ResendNotPossible, InvalidParameterException, AdminsPasswordInvalid,
    CodeDeliveryFailureException, TooManyRequestsException.
    """
    user = await require_user(world, pool, asked.username)
    _require_unused(user, asked)
    temporary = _checked(pool, asked.password) or _made_up(world, pool)
    letters = await _letters(world, pool, user, asked, temporary)
    set_ms = max(world.now_ms(), user.password_set_ms + 1)  # passwords of one user are told apart by their times
    password = await world.passwords.keep(pool.pool_id, user.username, temporary, set_ms)

    async def work(tx: Tx) -> User:
        held = await hold_user(tx, user)
        _require_unused(held, asked)
        await _post(tx, world, letters)
        return await replace_password(tx, pool, held, password, UserStatus.FORCE_CHANGE_PASSWORD)

    invited = await world.database.write(work)
    if letters:
        world.bell.ring()
    return invited


def _require_unused(user: User, asked: Invitation) -> None:
    if user.status is not UserStatus.FORCE_CHANGE_PASSWORD:
        raise errors.ResendNotPossible(username=asked.username)


def _new_account(world: Services, pool: UserPool, asked: Invitation) -> tuple[User, NewNames]:
    """The account without a password: CONFIRMED, as those are who sign in by codes."""
    sub, now_ms = world.ids.uuid(), world.now_ms()
    named = names_of_new_user(pool, asked.username, sub)
    attributes = {name: value for name, value in named.complete(asked.attributes).items() if value}
    check_new(pool.schema, attributes, Author.ADMIN)
    require_contacts(attributes)
    user = User(
        pool_id=pool.pool_id,
        sub=sub,
        username=named.username,
        status=UserStatus.CONFIRMED,
        enabled=True,
        attributes=attributes,
        password=None,
        created_ms=now_ms,
        modified_ms=now_ms,
    )
    return user, named


def _temporary_password(world: Services, pool: UserPool, user: User, asked: Invitation) -> str | None:
    """The password given, else one that is made up; None for users who will sign in by codes."""
    given = _checked(pool, asked.password)
    if given or not pool.is_passwordless:
        return given or _made_up(world, pool)
    if user.attributes.keys().isdisjoint(VERIFIED_BY):
        raise errors.NoContactForCodes
    return None


def _checked(pool: UserPool, given: str | None) -> str | None:
    if given:
        pool.password_policy.check(given, by_admin=True)
    return given or None


def _made_up(world: Services, pool: UserPool) -> str:
    return temporary_password(pool.password_policy, world.ids.token(ENTROPY_BYTES))


async def _letters(
    world: Services, pool: UserPool, user: User, asked: Invitation, temporary: str | None
) -> Sequence[Message]:
    """The invitations, one for each medium; none for users without a password, to whom there is nothing to tell.

    Raises NowhereToInvite, CodeDeliveryFailureException, and what the pool's trigger for messages leads to.
    """
    if asked.silent or temporary is None:
        return ()
    targets = _targets(user, asked.media)
    for target in targets:
        require_courier(world, pool, target)
    expires_ms = world.now_ms() + pool.password_policy.temporary_days * DAY_MS
    occasion = Occasion(MessageKind.ADMIN_CREATE_USER, temporary, expires_ms)
    invited = replace(user, status=UserStatus.FORCE_CHANGE_PASSWORD)
    if pool.triggers:
        targets = [await worded(world, pool, invited, target, occasion.kind) for target in targets]
    return [compose(world, pool, invited, target, occasion) for target in targets if _shows_password(pool, target)]


def _shows_password(pool: UserPool, target: Target) -> bool:
    """Whether the invitation does; what a trigger words was checked, and one that sends it is given the password."""
    if has_sender(pool, target.medium):
        return True
    by_mail = target.medium is Medium.EMAIL
    words = target.words and (target.words.email if by_mail else target.words.sms)
    return words is not None or has_place_for_code(pool.settings, MessageKind.ADMIN_CREATE_USER, by_mail=by_mail)


def _targets(user: User, media: frozenset[Medium]) -> list[Target]:
    """Where invitations go; raises NowhereToInvite where a medium is asked for and the user cannot be reached by it."""
    for medium in sorted(media):
        if CONTACTS[medium] not in user.attributes:
            raise errors.NowhereToInvite(attribute=CONTACTS[medium], medium=medium)
    chosen = media or {Medium.SMS}
    reachable = {medium: CONTACTS[medium] for medium in chosen if CONTACTS[medium] in user.attributes}
    return [Target(contact, medium, user.attributes[contact]) for medium, contact in reachable.items()]


async def _post(tx: Tx, world: Services, letters: Sequence[Message]) -> None:
    for letter in letters:
        await enqueue(tx, world, letter)


async def _make(world: Services, work: Work[None]) -> None:
    """Store a new account; the operation's model knows taken aliases as UsernameExistsException, too."""
    try:
        await world.database.write(work)
    except users.NameTaken as clash:
        raise TAKEN[clash.kind] from clash
    except errors.AliasExistsException as taken:
        raise errors.UsernameExistsException(str(taken)) from taken
