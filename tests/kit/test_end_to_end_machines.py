"""The kit against the server of this repository: a machine gets its token, and a backend verifies it."""

from collections.abc import Callable
from typing import Any

import pytest

from api.idp.machines import with_machine
from cognomen_kit import (
    AsyncCognito,
    AsyncTokenVerifier,
    Cognito,
    ConfigurationMissing,
    Reason,
    TokenRefused,
    TrustedPool,
    errors,
)
from kit.test_end_to_end import settings_for

pytestmark = pytest.mark.anyio


@pytest.fixture
def machine(make_pool: Callable[..., Any]) -> Any:
    return with_machine(make_pool())


async def test_a_machine_proves_itself_and_is_believed(machine: Any) -> None:
    """The token holds the scopes that were asked for, and is verified by the keys of the pool."""
    trusted = TrustedPool.of(machine.pool_id, machine.client_id, endpoint=machine.server.url)
    async with AsyncCognito(**settings_for(machine)) as app, AsyncTokenVerifier(trusted) as verifier:
        token = await app.get_client_token(["api/read"])
        assert (token.expires_in, token.token_type) == (3600, "Bearer")
        claims = await verifier.verify_access(token.access_token, scopes=["api/read"])
        assert (claims.sub, claims.client_id) == (machine.client_id, machine.client_id)
        with pytest.raises(TokenRefused) as refused:
            await verifier.verify_access(token.access_token, scopes=["api/write"])
        assert refused.value.reason is Reason.SCOPE
        everything = await app.get_client_token()
        assert await verifier.verify_access(everything.access_token, scopes=["api/read", "api/write"])


def test_refusals_of_machines_keep_their_names(machine: Any) -> None:
    """A scope of nobody, another secret, none at all."""
    with Cognito(**settings_for(machine)) as app, pytest.raises(errors.InvalidParameterException):
        app.get_client_token(["api/other"])
    wrong = {**settings_for(machine), "client_secret": "a1b2c3d4e5f6a7b8c9d0e1f2"}
    with Cognito(**wrong) as app, pytest.raises(errors.NotAuthorizedException):
        app.get_client_token()
    with Cognito(**{**settings_for(machine), "client_secret": None}) as app, pytest.raises(ConfigurationMissing):
        app.get_client_token()
