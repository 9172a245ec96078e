"""Sign-ins that an administrator is faster than: judged with an account as it was a moment ago."""

import pytest

from cognomen import errors
from cognomen.domain.challenges import Situation, Step
from cognomen.flows.tokens import give_tokens
from cognomen.storage import users
from conftest import PASSWORD


async def situation_of(world, pool, name):
    client = await world.directory.client(pool.client_id)
    user = await world.database.read(lambda tx: users.by_name(tx, pool.pool_id, name))
    found = await world.directory.pool(pool.pool_id)
    return Situation("USER_PASSWORD_AUTH", found, client, user, (Step.PASSWORD,))


@pytest.mark.parametrize(
    ("operation", "members", "refusal"),
    [
        ("admin_set_user_password", {"Password": "Other-Horse-10", "Permanent": True}, errors.NotAuthorizedException),
        ("admin_delete_user", {}, errors.NotAuthorizedException),
        ("admin_disable_user", {}, errors.UserIsDisabled),
    ],
)
def test_what_changed_while_a_password_was_compared_ends_the_sign_in(pool, operation, members, refusal):
    """The old password brings no tokens once there is another one, however long it took to compare."""
    pool.confirmed("walt")
    world = pool.server.application.world
    judged = pool.server.run(situation_of(world, pool, "walt"))
    assert pool.sign_in("walt", PASSWORD)["AuthenticationResult"]
    getattr(pool.cognito, operation)(UserPoolId=pool.pool_id, Username="walt", **members)
    with pytest.raises(refusal):
        pool.server.run(give_tokens(world, judged))
