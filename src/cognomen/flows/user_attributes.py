"""Changing the attributes of an account, whoever does it: values, names, flags and codes keep together (reference 04).

What an app client may write (`check_writable`) is for the caller to judge before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cognomen import errors
from cognomen.domain.attribute_changes import Author, Outcome, check_change, outcome_of
from cognomen.domain.attributes import VERIFIED_FLAG
from cognomen.domain.codes import VERIFYING
from cognomen.domain.messages import MessageKind, Words
from cognomen.domain.pool import UserPool
from cognomen.domain.user import NameKind, SignInName, User
from cognomen.domain.usernames import key_of
from cognomen.flows.accounts import hold_user
from cognomen.flows.aliases import follow_attributes
from cognomen.flows.deliver import VERIFIED_BY, Target, is_carried, require_courier, worded
from cognomen.flows.verification import count_attempt, count_with, issue_code, spend_code, store_and_send
from cognomen.services import Services
from cognomen.storage import codes, pending_attributes, users
from cognomen.storage.database import Tx

NAMES = frozenset({*VERIFIED_FLAG, *VERIFIED_FLAG.values(), "preferred_username"})  # what a user may be found by


async def change_attributes(
    world: Services, pool: UserPool, user: User, given: Mapping[str, str], author: Author
) -> list[Target]:
    """Set attributes, an empty value taking one away, and answer where codes went that prove new contacts.

    A new contact is unverified unless `given` says otherwise. Where the pool wants it proved first, the old one stays
    until `verify_attribute`. Raises InvalidParameterException, AttributeImmutable, ContactMissing, SignInNameNeeded,
    AliasExistsException, UserNotFoundException; CodeDeliveryFailureException and TooManyCodesSent for users, NoCourier
    for administrators.
    """
    check_change(pool.schema, given, author)
    words = await _words(world, pool, user, given, author) if pool.triggers else {}

    async def work(tx: Tx) -> list[Target]:
        held = await hold_user(tx, user)
        outcome = outcome_of(pool, held.attributes, given)
        targets = _targets(world, pool, outcome, author)
        await _refuse_names_of_others(tx, pool, held, outcome.waiting)
        after = await _store(tx, pool, held, outcome, world.now_ms())
        if targets and author is Author.USER:
            await count_with(tx, world, pool, held.sub, "update_user_attributes")
        for target in targets:
            told = replace(target, words=words.get(target.attribute))
            await store_and_send(tx, world, issue_code(world, pool, after, told, MessageKind.UPDATE_USER_ATTRIBUTE))
        return targets

    targets = await world.database.write(work)
    if targets:
        world.bell.ring()
    return targets


async def _words(
    world: Services, pool: UserPool, user: User, given: Mapping[str, str], author: Author
) -> Mapping[str, Words | None]:
    """What the pool's trigger words, by contact: asked before the write, as the account is now."""
    outcome = outcome_of(pool, user.attributes, given)
    changed = replace(user, attributes=outcome.attributes)
    targets = _targets(world, pool, outcome, author)
    return {
        target.attribute: (await worded(world, pool, changed, target, MessageKind.UPDATE_USER_ATTRIBUTE)).words
        for target in targets
    }


async def delete_attributes(world: Services, pool: UserPool, user: User, names: Sequence[str], author: Author) -> None:
    """Take attributes away; those that the user does not have are no fault.

    Raises InvalidParameterException, AttributeImmutable, ContactMissing, SignInNameNeeded, UserNotFoundException.
    """
    await change_attributes(world, pool, user, dict.fromkeys(names, ""), author)


async def send_code(world: Services, pool: UserPool, user: User, attribute: str) -> Target:
    """Send a code that proves a contact; the account is held, so that no other contact takes its place meanwhile.

    Raises NotAContact, NothingToVerify, CodeDeliveryFailureException, LimitExceededException, UserNotFoundException.
    """
    _require_contact(attribute)
    words = await _words_to_prove(world, pool, user, attribute) if pool.triggers else None

    async def work(tx: Tx) -> Target:
        held = await hold_user(tx, user)
        target = replace(await _contact_to_prove(tx, held, attribute), words=words)
        require_courier(world, pool, target)
        await count_with(tx, world, pool, held.sub, "get_user_attribute_verification_code")
        await store_and_send(tx, world, issue_code(world, pool, held, target, MessageKind.VERIFY_USER_ATTRIBUTE))
        return target

    target = await world.database.write(work)
    world.bell.ring()
    return target


async def _words_to_prove(world: Services, pool: UserPool, user: User, attribute: str) -> Words | None:
    """What the pool's trigger words for a code that proves this contact."""
    target = await world.database.read(lambda tx: _contact_to_prove(tx, user, attribute))
    require_courier(world, pool, target)
    return (await worded(world, pool, user, target, MessageKind.VERIFY_USER_ATTRIBUTE)).words


async def verify_attribute(world: Services, pool: UserPool, user: User, attribute: str, digits: str) -> None:
    """Take a contact as proved by its code: a value that waits takes effect, and an alias becomes usable.

    Raises NotAContact, LimitExceededException, CodeMismatchException, ExpiredCodeException, AliasExistsException,
    UserNotFoundException.
    """
    _require_contact(attribute)
    await count_attempt(world, pool, user.sub, "verify_user_attribute")

    async def work(tx: Tx) -> None:
        held = await hold_user(tx, user)
        await spend_code(tx, world, held, VERIFYING[attribute], digits)
        value = await pending_attributes.take(tx, pool.pool_id, held.sub, attribute) or held.attributes[attribute]
        proved = {attribute: value, VERIFIED_FLAG[attribute]: "true"}
        await _store(tx, pool, held, outcome_of(pool, held.attributes, proved), world.now_ms())

    await world.database.write(work)


def _require_contact(attribute: str) -> None:
    if attribute not in VERIFIED_BY:
        raise errors.NotAContact(attribute=attribute)


async def _contact_to_prove(tx: Tx, held: User, attribute: str) -> Target:
    """Where a code for this contact goes: to the value that waits, else to the present one; raises NothingToVerify."""
    waiting = await pending_attributes.get(tx, held.pool_id, held.sub, attribute)
    destination = waiting or held.attributes.get(attribute)
    if not destination:
        raise errors.NothingToVerify(attribute=attribute)
    return Target(attribute, VERIFIED_BY[attribute], destination)


async def _store(tx: Tx, pool: UserPool, held: User, outcome: Outcome, now_ms: int) -> User:
    """Put the outcome in place; codes for contacts that were replaced, or are not waited for any more, stop working."""
    after = replace(held, attributes=outcome.attributes, modified_ms=now_ms)
    await users.update(tx, after, held)
    for contact in outcome.settled:
        waited = await pending_attributes.take(tx, pool.pool_id, held.sub, contact)
        if contact in outcome.replaced or waited:
            await codes.drop_of_attribute(tx, pool.pool_id, held.sub, contact)
    for contact, value in outcome.waiting.items():
        await pending_attributes.put(tx, pool.pool_id, held.sub, contact, value)
    if _names_differ(pool, held, after):
        await follow_attributes(tx, pool, after)
    return after


def _names_differ(pool: UserPool, before: User, after: User) -> bool:
    has_names = pool.alias_attributes or pool.username_attributes
    return bool(has_names) and any(before.attributes.get(name) != after.attributes.get(name) for name in NAMES)


def _targets(world: Services, pool: UserPool, outcome: Outcome, author: Author) -> list[Target]:
    """Where codes have to go; what nobody could carry is refused where the change depends on it."""
    due = {**outcome.unproved, **outcome.waiting}
    targets = [Target(name, VERIFIED_BY[name], due[name]) for name in VERIFIED_BY if name in due]
    if author is Author.USER:
        for target in targets:
            require_courier(world, pool, target)
        return targets
    carried = [target for target in targets if is_carried(world, pool, target.medium)]
    for target in targets:
        if target not in carried and target.attribute in outcome.waiting:
            raise errors.NoCourier(medium=target.medium)
    return carried


async def _refuse_names_of_others(tx: Tx, pool: UserPool, held: User, waiting: Mapping[str, str]) -> None:
    """Nobody waits for a user name that somebody else has; raises AliasExistsException."""
    for contact, value in waiting.items():
        if contact not in pool.username_attributes:
            continue
        holder = await users.holder_of(tx, pool.pool_id, SignInName(NameKind(contact), key_of(pool, value)))
        if holder not in {None, held.sub}:
            raise errors.AliasExistsException(attribute=contact)
