"""SRP sign-in with the Python clients that people use: pycognito, unmodified, and boto3 with formulas of our own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pycognito import Cognito
from pycognito.exceptions import ForceChangePasswordException

from conftest import PASSWORD, Pool, sdk_client
from refusals.srp_client import SrpClient
from served import Served, serve

FLOWS = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
NEW_PASSWORD = "Other-Horse-10"
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")


@pytest.fixture(scope="module")
def own_server() -> Iterator[Served]:
    """Its clock is not moved: pycognito verifies tokens with its own."""
    with serve() as served:
        yield served


@pytest.fixture(params=[False, True], ids=["without secret", "with secret"])
def pool(own_server: Served, request: pytest.FixtureRequest) -> Pool:
    cognito = sdk_client(own_server.url)
    pool_id = cognito.create_user_pool(PoolName="people")["UserPool"]["Id"]
    asked = {"ClientName": "app", "ExplicitAuthFlows": FLOWS, "GenerateSecret": request.param}
    made = cognito.create_user_pool_client(UserPoolId=pool_id, **asked)["UserPoolClient"]
    return Pool(cognito, own_server, pool_id, made["ClientId"], made.get("ClientSecret"))


@pytest.fixture
def pycognito(pool: Pool) -> Callable[[str], Cognito]:
    keys = {"access_key": "AKIDEXAMPLE", "secret_key": "wJalrXUtnFEMI"}
    return lambda name: Cognito(
        pool.pool_id,
        pool.client_id,
        client_secret=pool.secret,
        username=name,
        boto3_client_kwargs={"endpoint_url": pool.server.url, "region_name": "us-east-1"},
        **keys,
    )


def test_pycognito_signs_in_verifies_and_refreshes(pool: Pool, pycognito: Callable[[str], Cognito]) -> None:
    """It verifies our tokens by our keys, and refreshes; after the sign-out its access token is of no use."""
    pool.confirmed("ann")
    user = pycognito("ann")
    user.authenticate(password=PASSWORD)
    first = user.access_token
    assert user.verify_token(user.access_token, "access_token", "access")["username"] == "ann"
    user.renew_access_token()
    assert user.access_token != first
    assert user.get_user().username == "ann"
    user.logout()
    with pytest.raises(pool.cognito.exceptions.NotAuthorizedException):
        pool.cognito.get_user(AccessToken=first)


@pytest.mark.parametrize(("name", "password"), [("ann", "Wrong-Horse-9"), ("ann", PASSWORD.lower())])
def test_pycognito_is_refused(pool: Pool, pycognito: Callable[[str], Cognito], name: str, password: str) -> None:
    """A wrong password is no sign-in."""
    pool.confirmed("ann")
    user = pycognito(name)
    with pytest.raises(user.client.exceptions.NotAuthorizedException, match="Incorrect username or password"):
        user.authenticate(password=password)
    assert user.access_token is None


def test_pycognito_chooses_a_new_password(pool: Pool, pycognito: Callable[[str], Cognito]) -> None:
    """The temporary password is proven, a new one chosen, and that is proven from then on."""
    invited = {"UserPoolId": pool.pool_id, "Username": "ann", "TemporaryPassword": PASSWORD}
    pool.cognito.admin_create_user(**invited, MessageAction="SUPPRESS")
    with pytest.raises(ForceChangePasswordException):
        pycognito("ann").authenticate(password=PASSWORD)
    pycognito("ann").new_password_challenge(PASSWORD, NEW_PASSWORD)
    user = pycognito("ann")
    with pytest.raises(user.client.exceptions.NotAuthorizedException):
        user.authenticate(password=PASSWORD)
    user.authenticate(password=NEW_PASSWORD)
    assert user.access_token


@pytest.mark.parametrize("admin", [False, True])
def test_boto3_signs_in(pool: Pool, admin: bool) -> None:
    """The four operations of the SDK carry the exchange, for users and for administrators."""
    pool.confirmed("ann")
    exchange = SrpClient(pool.pool_id)
    begin = pool.cognito.admin_initiate_auth if admin else pool.cognito.initiate_auth
    answer = pool.cognito.admin_respond_to_auth_challenge if admin else pool.cognito.respond_to_auth_challenge
    pool_of: dict[str, Any] = {"UserPoolId": pool.pool_id} if admin else {}
    secret = {"SECRET_HASH": pool.hash("ann")["SecretHash"]} if pool.secret else {}
    named = {"ClientId": pool.client_id, **pool_of}
    asked = begin(
        **named, AuthFlow="USER_SRP_AUTH", AuthParameters={"USERNAME": "ann", "SRP_A": exchange.srp_a, **secret}
    )
    proof = exchange.proof(asked["ChallengeParameters"], PASSWORD)
    done = answer(**named, ChallengeName=asked["ChallengeName"], ChallengeResponses={**proof, **secret})
    assert pool.cognito.get_user(AccessToken=done["AuthenticationResult"]["AccessToken"])["Username"] == "ann"
