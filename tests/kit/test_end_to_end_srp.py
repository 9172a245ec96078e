"""The kit's SRP against the server of this repository, over real HTTP, with and without waiting."""

from collections.abc import Callable
from typing import Any

import pytest

from cognomen_kit import AsyncCognito, Cognito, NewPassword, SignedIn, errors
from kit.test_end_to_end import PASSWORD, POOLS, a_person, settings_for

pytestmark = pytest.mark.anyio

CLIENT = {"ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]}


@pytest.mark.parametrize("kind", POOLS)
@pytest.mark.parametrize("secret", [False, True])
async def test_sign_in_by_srp(make_pool: Callable[..., Any], kind: str, secret: bool) -> None:
    """SRP is the kit's default; the refresh knows the canonical name; a wrong password is refused."""
    pool = make_pool(secret=secret, client=CLIENT, **POOLS[kind])
    name, email = a_person()
    name = email if kind == "email-as-username" else name
    pool.confirmed(name, UserAttributes=[{"Name": "email", "Value": email}])
    async with AsyncCognito(**settings_for(pool)) as cognito:
        step = await cognito.sign_in(name, PASSWORD)
        assert isinstance(step, SignedIn)
        refreshed = await cognito.refresh(step)
        assert refreshed.access_token != step.access_token
        with pytest.raises(errors.NotAuthorizedException):
            await cognito.sign_in(name, "Wrong-Horse-9")


def test_without_waiting_a_temporary_password_is_proven(make_pool: Callable[..., Any]) -> None:
    """The proof of a temporary password leads to NEW_PASSWORD_REQUIRED, and that to tokens."""
    pool = make_pool(client=CLIENT)
    name, _ = a_person()
    invited = {"UserPoolId": pool.pool_id, "Username": name, "TemporaryPassword": PASSWORD}
    pool.cognito.admin_create_user(**invited, MessageAction="SUPPRESS")
    with Cognito(**settings_for(pool)) as cognito:
        step = cognito.sign_in(name, PASSWORD)
        assert isinstance(step, NewPassword)
        assert isinstance(step.answer("Other-Horse-10"), SignedIn)
        assert isinstance(cognito.sign_in(name, "Other-Horse-10"), SignedIn)
