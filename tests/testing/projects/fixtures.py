"""A project that tests with the fixtures: what each of them promises, through boto3, the kit and plain HTTP."""

import base64
import json
import os
import urllib.request
from datetime import UTC, datetime, timedelta

import boto3
import jwt
import pytest

from cognomen.testing import PASSWORD, Refused
from cognomen_kit import AsyncCognito, Cognito, SignedIn, TokenRefused, TokenVerifier, TrustedPool

KIM = "kim@example.com"


def claims_of(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def sign_up(client, username=KIM):
    address = [{"Name": "email", "Value": username}]
    boto3.client("cognito-idp").sign_up(
        ClientId=client.client_id, Username=username, Password=PASSWORD, UserAttributes=address
    )


def test_boto3_finds_the_server(cognomen, user_pool):
    """An unmodified SDK, told nothing, speaks to the server of the fixture."""
    cognito = boto3.client("cognito-idp")
    assert cognito.meta.endpoint_url == cognomen.url
    assert boto3.client("cognito-identity").meta.endpoint_url == cognomen.url
    assert cognito.describe_user_pool(UserPoolId=user_pool.pool_id)["UserPool"]["Name"] == "testing"


def test_the_kit_finds_the_server(user_pool, app_client):
    """Pool, client and endpoint come from the environment; SRP is the kit's default."""
    user_pool.user("ann")
    with Cognito() as cognito:
        assert isinstance(cognito.sign_in("ann", PASSWORD), SignedIn)


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_an_asynchronous_test(user_pool, app_client, inbox):
    """The fixtures work beside a loop: the server has one of its own."""
    async with AsyncCognito() as cognito:
        await cognito.sign_up(KIM, PASSWORD, {"email": KIM})
        await cognito.confirm_sign_up(KIM, inbox.code(KIM))
        assert isinstance(await cognito.sign_in(KIM, PASSWORD), SignedIn)


def test_plain_http(cognomen, user_pool):
    """Any client that sends bytes will do."""
    with urllib.request.urlopen(user_pool.jwks_url) as answer:
        assert len(json.load(answer)["keys"]) == 2
    assert cognomen.call("ListUserPools", MaxResults=60)["UserPools"]
    assert user_pool.issuer == f"{cognomen.url}/{user_pool.pool_id}"


def test_a_refusal_has_the_name_of_aws(cognomen, user_pool):
    """What the server refuses is raised, with its name, its words and its status."""
    with pytest.raises(Refused, match=r"UserNotFoundException: User does not exist.") as refused:
        user_pool.call("AdminGetUser", Username="nobody")
    assert (refused.value.name, refused.value.status) == ("UserNotFoundException", 400)
    with pytest.raises(Refused):
        cognomen.get("/nowhere")


def test_a_secret(user_pool, app_client, monkeypatch):
    """A client with a secret is another client; the test's own has none."""
    assert "AWS_COGNITO_APP_CLIENT_SECRET" not in os.environ
    other = user_pool.app_client(GenerateSecret=True)
    assert other.client_secret
    assert other.client_secret not in repr(other)
    assert other.environment["AWS_COGNITO_APP_CLIENT_SECRET"] == other.client_secret


@pytest.mark.parametrize("turn", [1, 2])
def test_tests_keep_apart(user_pool, app_client, inbox, turn):
    """The same names and addresses again: neither users nor messages of the test before are there."""
    assert user_pool.call("ListUsers")["Users"] == []
    sign_up(app_client)
    assert len(inbox.messages(KIM, wait=10)) == 1


def test_the_inbox_tells_each_code_once(app_client, inbox):
    """`code` waits for the next one; what was told stays in `messages`."""
    sign_up(app_client)
    first = inbox.code(KIM)
    boto3.client("cognito-idp").resend_confirmation_code(ClientId=app_client.client_id, Username=KIM)
    second = inbox.code(KIM, kind="ResendCode")
    assert [message.code for message in inbox.messages(KIM)] == [first, second]
    assert inbox.last(KIM).username == KIM
    with pytest.raises(AssertionError, match=r"no new message to kim@example.com within 0"):
        inbox.code(KIM, wait=0)


def test_a_user_is_made_once(user_pool):
    """The second time attributes are changed and groups are joined."""
    made = user_pool.user(KIM)
    assert made.attributes["email_verified"] == "true"
    again = user_pool.user(KIM, attributes={"name": "Kim"}, groups=["staff"])
    assert (again.sub, again.attributes["name"], again.attributes["email"]) == (made.sub, "Kim", KIM)
    groups = user_pool.call("AdminListGroupsForUser", Username=KIM)["Groups"]
    assert [group["GroupName"] for group in groups] == ["staff"]


def test_login_as_is_a_sign_in(login_as):
    """The tokens are the server's: it knows them, refreshes them and ends them."""
    ann = login_as("ann", groups=["staff", "admins"])
    assert sorted(claims_of(ann.access_token)["cognito:groups"]) == ["admins", "staff"]
    assert ann.headers == {"Authorization": f"Bearer {ann.access_token}"}
    assert ann.access_token not in repr(ann)
    cognito = boto3.client("cognito-idp")
    assert cognito.get_user(AccessToken=ann.access_token)["Username"] == "ann"
    cognito.global_sign_out(AccessToken=ann.access_token)
    with pytest.raises(cognito.exceptions.NotAuthorizedException):
        cognito.get_user(AccessToken=ann.access_token)


def test_login_as_through_another_client(user_pool, login_as):
    """Whose tokens they are is what a verifier looks at."""
    other = user_pool.app_client(ExplicitAuthFlows=["ALLOW_REFRESH_TOKEN_AUTH"])
    assert claims_of(login_as.through(other)("ann").access_token)["client_id"] == other.client_id


def test_login_as_refuses_whom_aws_refuses(user_pool, app_client, login_as):
    """Nobody is signed in who could not sign in."""
    sign_up(app_client)
    with pytest.raises(Refused, match=r"UserNotConfirmedException: User is not confirmed."):
        login_as(KIM)
    user_pool.user("ann")
    user_pool.call("AdminDisableUser", Username="ann")
    with pytest.raises(Refused, match=r"NotAuthorizedException: User is disabled."):
        login_as("ann")
    user_pool.call("AdminCreateUser", Username="bob", MessageAction="SUPPRESS")
    with pytest.raises(ValueError, match="bob is in FORCE_CHANGE_PASSWORD"):
        login_as("bob")


def test_a_token_says_what_is_wanted(user_pool, app_client, token):
    """Verified by the pool's published keys, as a backend does."""
    sent = token("ann", groups=["staff"], claims={"scope": "orders/read", "tier": "gold"})
    pool = TrustedPool.of(user_pool.pool_id, [app_client.client_id], endpoint=user_pool.cognomen.url)
    with TokenVerifier(pool) as verifier:
        claims = verifier.verify_access(sent, scopes=["orders/read"], groups=["staff"])
    assert (claims.username, claims_of(sent)["tier"]) == ("ann", "gold")
    assert claims_of(sent)["scope"] == "orders/read"
    assert "cognito:groups" not in claims_of(token("ann", groups=[]))
    key = jwt.PyJWKClient(user_pool.jwks_url).get_signing_key_from_jwt(of_id := token("ann", use="id"))
    read = jwt.decode(of_id, key, algorithms=["RS256"], audience=app_client.client_id, issuer=user_pool.issuer)
    assert read["cognito:username"] == "ann"


def test_an_old_token_has_expired(user_pool, app_client, token):
    """`age` makes what a backend must refuse, and the server refuses it as well."""
    pool = TrustedPool.of(user_pool.pool_id, [app_client.client_id], endpoint=user_pool.cognomen.url)
    with TokenVerifier(pool) as verifier, pytest.raises(TokenRefused, match="expired"):
        verifier.verify_access(token("ann", age=7200))
    with pytest.raises(Refused, match="NotAuthorizedException: Access Token has expired"):
        user_pool.cognomen.call("GetUser", AccessToken=token("ann", age=7200))


@pytest.mark.parametrize("claims", [{"sub": "x"}, {"exp": 1}, {"cognito:groups": ["a"]}, {"aud": "x"}])
def test_what_nobody_may_set_is_refused(token, claims):
    """A claim is set or refused, never passed over."""
    with pytest.raises(ValueError, match=f"Cognito lets nobody set {next(iter(claims))}"):
        token("ann", claims=claims)


def test_an_id_token_has_no_scope(token):
    """As on AWS."""
    with pytest.raises(ValueError, match="an ID token has no scope"):
        token("ann", use="id", claims={"scope": "orders/read"})


def test_the_clock_moves_forward(app_client, inbox, clock):
    """A code that is too old is refused, and nothing goes back within a test."""
    sign_up(app_client)
    code = inbox.code(KIM)
    before = clock.now()
    clock.advance(timedelta(hours=25))
    assert timedelta(hours=25) <= clock.now() - before < timedelta(hours=25, minutes=1)
    cognito = boto3.client("cognito-idp")
    with pytest.raises(cognito.exceptions.ExpiredCodeException):
        cognito.confirm_sign_up(ClientId=app_client.client_id, Username=KIM, ConfirmationCode=code)
    with pytest.raises(ValueError, match="forward only"):
        clock.advance(-1)


def test_the_next_test_is_in_the_present(app_client, inbox, login_as, clock):
    """What another test did to the clock is undone, and the server works on."""
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=30)
    assert claims_of(login_as("ann").access_token)["iat"] <= datetime.now(UTC).timestamp()
    sign_up(app_client)
    assert inbox.code(KIM)
