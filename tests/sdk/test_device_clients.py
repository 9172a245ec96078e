"""A remembered device with pycognito, unmodified: its own formulas for the secret and the proofs."""

from typing import Any

import pytest
from pycognito.aws_srp import AWSSRP, generate_hash_device

from conftest import PASSWORD, Pool, sdk_client
from remembered import ALWAYS, claims

FLOWS = ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")


def remembering_sessions(client: Any) -> Any:
    """The same boto3 client, which brings the Session back that pycognito leaves out with a device's challenges."""
    last: dict[str, str] = {}

    def keep(parsed: dict[str, Any], **_: object) -> None:
        last["Session"] = parsed.get("Session", "")

    def bring_back(params: dict[str, Any], **_: object) -> None:
        if params["ChallengeName"].startswith("DEVICE_"):
            params["Session"] = last["Session"]

    client.meta.events.register("after-call.cognito-idp", keep)
    client.meta.events.register("before-parameter-build.cognito-idp.RespondToAuthChallenge", bring_back)
    return client


def test_pycognito_signs_in_from_its_device(make_pool: Any) -> None:
    """Without a Session it is refused: nobody gets in by a device alone. With a secret it would send no SECRET_HASH."""
    pool: Pool = make_pool(client={"ExplicitAuthFlows": FLOWS}, DeviceConfiguration=ALWAYS)
    pool.confirmed("ann")
    tokens = pool.sign_in("ann")
    offered = tokens["AuthenticationResult"]["NewDeviceMetadata"]
    password, config = generate_hash_device(offered["DeviceGroupKey"], offered["DeviceKey"])
    pool.cognito.confirm_device(
        AccessToken=tokens["AuthenticationResult"]["AccessToken"],
        DeviceKey=offered["DeviceKey"],
        DeviceSecretVerifierConfig=config,
    )

    def user(client: Any) -> AWSSRP:
        device = {"device_key": offered["DeviceKey"], "device_group_key": offered["DeviceGroupKey"]}
        pair = {"pool_id": pool.pool_id, "client_id": pool.client_id}
        return AWSSRP("ann", PASSWORD, **pair, client=client, **device, device_password=password)

    done = user(remembering_sessions(sdk_client(pool.server.url))).authenticate_user()
    assert claims(done)["device_key"] == offered["DeviceKey"]
    with pytest.raises(pool.cognito.exceptions.InvalidParameterException, match="Missing required parameter Session"):
        user(pool.cognito).authenticate_user()
