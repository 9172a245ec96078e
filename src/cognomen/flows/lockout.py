"""Judging passwords, and locking out who tries wrong ones in a row (reference 05, lockout).

Every flow that compares a password goes through here, so that none gives more tries than another. A name that nobody
has is locked exactly like one that somebody has, and all names of one account lock together.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from cognomen import errors
from cognomen.domain.lockout import CLEAR, Standing
from cognomen.domain.pool import UserPool
from cognomen.domain.user import User
from cognomen.domain.usernames import key_of
from cognomen.flows.accounts import tell_audit
from cognomen.services import Services
from cognomen.signing.port import PasswordVerdict
from cognomen.storage import lockouts, users
from cognomen.storage.database import Tx
from cognomen.turns import Line

Compare = Callable[[], Awaitable[PasswordVerdict]]


@dataclass(frozen=True, slots=True)
class Suspect:
    """Whom a caller says to be: the account, where there is one, and the wrong passwords that are held against it.

    `failed_before` is how many attempts had failed in this process before the standing was read.
    """

    pool_id: str
    subject: str
    user: User | None
    standing: Standing
    failed_before: int


async def find_suspect(world: Services, pool: UserPool, name: str) -> Suspect:
    """Who signs in under this name or alias; unknown names are looked up alike, so that time tells nothing."""
    key, failed = key_of(pool, name), world.turns.failed

    async def work(tx: Tx) -> Suspect:
        user = await users.by_name(tx, pool.pool_id, key)
        subject = user.sub if user else digest_of(pool.pool_id, key)
        standing = await lockouts.standing(tx, pool.pool_id, subject, world.now_ms())
        return Suspect(pool.pool_id, subject, user, standing, failed)

    suspect = await world.database.read(work)
    tell_audit(world, suspect.user)
    return suspect


def digest_of(pool_id: str, key: str) -> str:
    """What stands for a name that nobody has, so that mistyped names, or passwords, are not kept."""
    return hashlib.sha256(f"{pool_id}\0{key}".encode()).hexdigest()


async def judge_password(world: Services, suspect: Suspect, password: str) -> PasswordVerdict:
    """Compare the password with that of the account, and count it where it is wrong.

    Raises NotAuthorizedException, PasswordAttemptsExceeded, TooManyRequestsException.
    """
    stored = suspect.user.password if suspect.user else None
    return await judge(world, suspect, lambda: world.passwords.check(stored, password))


async def judge(world: Services, suspect: Suspect, compare: Compare) -> PasswordVerdict:
    """Compare what shows that somebody knows a password, and count it where it is wrong.

    Only as many are compared at a time as may be wrong without a lock; the others wait. A right one costs no write
    where nothing was held against the account. Raises NotAuthorizedException, PasswordAttemptsExceeded, and what
    `compare` raises.
    """
    with world.turns.line((suspect.pool_id, suspect.subject), suspect.standing) as line:
        if world.turns.failed != suspect.failed_before:  # perhaps this account's, and the line has forgotten it
            line.learn(await _read_again(world, suspect))
        await line.wait(world.now_ms)
        with line.turn():
            return await _judge(world, suspect, line, compare)


async def _judge(world: Services, suspect: Suspect, line: Line, compare: Compare) -> PasswordVerdict:
    verdict = await compare()
    if not verdict.right:
        line.learn(await _count(world, suspect))
        world.turns.failed += 1
        raise errors.NotAuthorizedException
    if line.standing.failures:
        await world.database.write(lambda tx: lockouts.forgive(tx, suspect.pool_id, suspect.subject))
        line.standing = CLEAR
    return verdict


async def _read_again(world: Services, suspect: Suspect) -> Standing:
    now_ms = world.now_ms()
    return await world.database.read(lambda tx: lockouts.standing(tx, suspect.pool_id, suspect.subject, now_ms))


async def _count(world: Services, suspect: Suspect) -> Standing:
    now_ms = world.now_ms()
    return await world.database.write(lambda tx: lockouts.count_failure(tx, suspect.pool_id, suspect.subject, now_ms))
