"""Remembered devices with the JavaScript clients that browsers use, unmodified."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from authenticator import surely_apart
from conftest import PASSWORD, Pool, sdk_client
from remembered import ALWAYS, OPT_IN
from sdk.nodejs import NEEDS_NODE, node
from served import Served, serve

pytestmark = NEEDS_NODE
FLOWS = ["USER_SRP_AUTH", "USER_PASSWORD_AUTH"]
AGO_S = 120
TOTP, BEGIN, PROVE = (
    f"RespondToAuthChallenge:{n}" for n in ("SOFTWARE_TOKEN_MFA", "DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER")
)


@pytest.fixture(scope="module")
def own_server() -> Iterator[Served]:
    """Its clock shows the present to browsers: they compare tokens with their own."""
    with serve() as served:
        yield served


@pytest.fixture
def enrolled(own_server: Served) -> Callable[[dict[str, bool]], tuple[Pool, str]]:
    """A pool that insists on a second factor, and a user with an app, whose secret is told.

    The app was set up two minutes ago, so that its codes of now and of the next half minute are still fresh.
    """
    clock = own_server.application.clock

    def make(devices: dict[str, bool]) -> tuple[Pool, str]:
        clock.advance(-AGO_S)
        try:
            return made(devices)
        finally:
            clock.advance(AGO_S)

    def made(devices: dict[str, bool]) -> tuple[Pool, str]:
        cognito = sdk_client(own_server.url)
        pool_id = cognito.create_user_pool(PoolName="web", DeviceConfiguration=devices)["UserPool"]["Id"]
        flows = [f"ALLOW_{flow}" for flow in (*FLOWS, "REFRESH_TOKEN_AUTH")]
        client = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="web", ExplicitAuthFlows=flows)
        pool = Pool(cognito, own_server, pool_id, client["UserPoolClient"]["ClientId"], None)
        pool.confirmed("kim")
        token = pool.sign_in("kim")["AuthenticationResult"]["AccessToken"]
        mfa = {"MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": {"Enabled": True}}
        cognito.set_user_pool_mfa_config(UserPoolId=pool_id, **mfa)
        app = surely_apart(clock.now_ms(), lambda: cognito.associate_software_token(AccessToken=token)["SecretCode"])
        cognito.verify_software_token(AccessToken=token, UserCode=app.code(clock.now_ms()))
        return pool, app.secret_code

    return make


def run(script: str, pool: Pool, secret: str, flow: str) -> Any:
    asked = {
        "endpoint": pool.server.url,
        "poolId": pool.pool_id,
        "clientId": pool.client_id,
        "username": "kim",
        "password": PASSWORD,
        "secret": secret,
        "flow": flow,
    }
    return node(script, json.dumps(asked))


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("devices", [ALWAYS, OPT_IN])
def test_identity_js_remembers_its_device(enrolled: Any, devices: dict[str, bool], flow: str) -> None:
    """A code the first time, none from the remembered device, which it proves; a code again once that is undone."""
    told = run("devices.mjs", *enrolled(devices), flow)
    first, again, refreshed, known, listed, undone, forgotten = told
    assert first["asked"]
    assert first["needed"] is devices["DeviceOnlyRememberedOnUserPrompt"]
    assert first["calls"][-2:] == [TOTP, "ConfirmDevice"]
    assert not again["asked"]
    assert again["calls"][-2:] == [BEGIN, PROVE]
    assert again["device"] == refreshed["refreshed"] == known["known"] == undone["device"]
    assert listed["listed"] == [again["device"]]
    assert known["name"]
    assert undone["asked"]
    assert undone["calls"][-1] == TOTP
    if flow == "USER_SRP_AUTH":  # it goes on without the device once it is told that there is none
        assert forgotten["asked"]
        assert forgotten["calls"][-2:] == ["RespondToAuthChallenge:PASSWORD_VERIFIER"] * 2
    else:
        assert forgotten["refused"] == {"name": "ResourceNotFoundException", "message": "Device does not exist."}


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("devices", [ALWAYS, OPT_IN])
def test_amplify_remembers_its_device(enrolled: Any, devices: dict[str, bool], flow: str) -> None:
    """A code the first time, none from the remembered device, also to refresh; a code again once it is forgotten."""
    told = run("amplify-devices.mjs", *enrolled(devices), flow)
    assert "refused" not in told, told
    assert told["first"] == ["CONFIRM_SIGN_IN_WITH_TOTP_CODE", "DONE"]
    assert told["confirmed"] == "ConfirmDevice"
    assert told["again"] == "DONE"
    assert told["calls"][-2:] == [BEGIN, PROVE]
    assert told["listed"] == [told["device"]]
    assert told["forgotten"] == "CONFIRM_SIGN_IN_WITH_TOTP_CODE"
