"""NEW_PASSWORD_REQUIRED: whoever has a temporary password chooses one, and gives what the pool requires."""

from collections.abc import Mapping

from cognomen import errors
from cognomen.domain.challenges import Situation
from cognomen.domain.new_password import attributes_given, parameters_of
from cognomen.domain.user import UserStatus
from cognomen.flows.aliases import claim_aliases
from cognomen.flows.answers import Answer, Asked, Passed
from cognomen.flows.leaked_passwords import refuse_leaked
from cognomen.flows.passwords import make_password, replace_password
from cognomen.services import Services
from cognomen.storage import users
from cognomen.storage.database import Tx


async def ask(world: Services, situation: Situation) -> Asked:  # noqa: ARG001
    """Tell what the user has and what is missing."""
    return Asked(parameters_of(situation))


async def judge(world: Services, situation: Situation, answer: Answer, kept: Mapping[str, str]) -> Passed:  # noqa: ARG001
    """Take the new password and the attributes; the account is CONFIRMED then.

    Raises MissingParameter, InvalidPasswordException, PasswordHistoryPolicyViolationException,
    AliasExistsException, and what refuses the attributes.
    """
    pool, asked = situation.pool, situation.user
    proposed = answer.require("NEW_PASSWORD")
    given = attributes_given(situation, answer.responses)
    pool.password_policy.check(proposed)
    await refuse_leaked(world, proposed, "PASSWORD_CHANGE")
    password = await make_password(world, pool, asked, proposed)

    async def also(tx: Tx) -> None:
        held = await users.held(tx, pool.pool_id, asked.sub)
        if held is None or held.password_set_ms != asked.password_set_ms:
            raise errors.InvalidSession
        confirmed = await replace_password(tx, pool, held, password, UserStatus.CONFIRMED)
        if given:
            changed = confirmed.with_attributes(given, password.set_ms)
            await users.update(tx, changed)
            await claim_aliases(tx, pool, changed, by_force=False)

    after = asked.with_attributes(given, password.set_ms).with_password(password, UserStatus.CONFIRMED)
    return Passed(after, also)
