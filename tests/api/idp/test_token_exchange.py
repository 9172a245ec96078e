"""GetDerivedToken through the AWS SDK: a token for a downstream service in exchange for a user's (RFC 8693)."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config

from api.idp.machines import token_of, verified, with_machine
from clocked import cognito, server
from conftest import Pool

SELF_SERVICE = "aws.cognito.signin.user.admin"
BOTH = ["ALLOW_TOKEN_EXCHANGE_IMPERSONATION", "ALLOW_TOKEN_EXCHANGE_DELEGATION"]

__all__ = ["cognito", "server"]


@pytest.fixture
def service(make_pool: Callable[..., Pool]) -> Pool:
    """A pool whose users sign in by one client; another one, with a secret, exchanges their tokens."""
    return exchanging(make_pool())


def exchanging(pool: Pool, flows: Any = BOTH, **more: Any) -> Any:
    asked = {"ExplicitAuthFlows": list(flows), "GenerateSecret": True, "AllowedOAuthScopes": [SELF_SERVICE], **more}
    made = pool.cognito.create_user_pool_client(UserPoolId=pool.pool_id, ClientName="service", **asked)
    client = made["UserPoolClient"]
    return Service(pool, client["ClientId"], client.get("ClientSecret"))


class Service:
    """The client that exchanges tokens of the users of a pool."""

    def __init__(self, users: Pool, client_id: str, secret: str | None) -> None:
        self.users, self.client_id, self.secret = users, client_id, secret

    def tokens(self, name: str = "ann") -> Any:
        self.users.confirmed(name, UserAttributes=[{"Name": "email", "Value": f"{name}@example.com"}])
        return self.users.sign_in(name)["AuthenticationResult"]

    def derive(self, token: str, kind: str = "ACCESS_TOKEN", **more: Any) -> Any:
        asked = {"ClientId": self.client_id, "SubjectToken": token, "SubjectTokenType": kind, **more}
        return self.users.cognito.get_derived_token(**asked)

    def claims(self, answer: Any) -> dict[str, Any]:
        return verified(self.users, answer["IssuedToken"])

    def refuses(self, error: str, match: str, *args: Any, **more: Any) -> None:
        with pytest.raises(getattr(self.users.cognito.exceptions, error), match=match):
            self.derive(*args, **more)


def test_an_access_token_becomes_one_for_a_service(service):
    """Same user, same sign-in, the exchanging client, bound to what was asked for; as if the user acted themselves."""
    tokens = service.tokens()
    subject = verified(service.users, tokens["AccessToken"])
    answer = service.derive(tokens["AccessToken"], Audiences=["orders"])
    assert answer["IssuedTokenType"] == "ACCESS_TOKEN"
    assert (answer["TokenType"], answer["Scopes"]) == ("Bearer", [SELF_SERVICE])
    claims = service.claims(answer)
    same = ("sub", "username", "origin_jti", "auth_time", "iss", "token_use", "scope")
    assert {name: claims[name] for name in same} == {name: subject[name] for name in same}
    assert (claims["client_id"], claims["aud"], claims["version"]) == (service.client_id, "orders", 2)
    assert claims["jti"] != subject["jti"]
    assert "act" not in claims
    assert answer["ExpiresIn"] == claims["exp"] - claims["iat"]


def test_an_id_token_can_be_had_and_shown(service):
    """In either direction; an ID token has no scopes to give, and is no bearer token."""
    tokens = service.tokens()
    answer = service.derive(tokens["AccessToken"], RequestedTokenType="ID_TOKEN")
    assert (answer["IssuedTokenType"], answer["TokenType"], answer["Scopes"]) == ("ID_TOKEN", "N_A", [])
    claims = service.claims(answer)
    assert (claims["token_use"], claims["aud"], claims["email"]) == ("id", service.client_id, "ann@example.com")
    back = service.derive(tokens["IdToken"], "ID_TOKEN")
    assert (service.claims(back)["scope"], service.claims(back)["token_use"]) == ("", "access")
    service.refuses("NotAuthorizedException", "Invalid subject token", tokens["IdToken"], "ACCESS_TOKEN")


def test_an_actor_is_named_and_those_before_behind_it(service):
    """The act claim tells who acts; a second exchange keeps the first actor inside (RFC 8693, section 4.1)."""
    machine = with_machine(service.users)
    tokens, actor = service.tokens(), token_of(machine)["AccessToken"]
    acting = {"ActorToken": actor, "ActorTokenType": "ACCESS_TOKEN"}
    first = service.derive(tokens["AccessToken"], **acting)
    by_machine = {"sub": machine.client_id, "client_id": machine.client_id}
    assert service.claims(first)["act"] == by_machine
    bob = service.tokens("bob")["AccessToken"]
    again = service.derive(first["IssuedToken"], ActorToken=bob, ActorTokenType="ACCESS_TOKEN")
    claims = service.claims(again)
    assert claims["act"] == {
        "sub": verified(service.users, bob)["sub"],
        "client_id": service.users.client_id,
        "act": by_machine,
    }
    assert service.claims(service.derive(first["IssuedToken"]))["act"] == by_machine  # and it is not lost


def test_each_way_needs_its_flow(make_pool):
    """With an actor it is a delegation, without one an impersonation."""
    pool = make_pool()
    machine = with_machine(pool)
    acting = {"ActorToken": token_of(machine)["AccessToken"], "ActorTokenType": "ACCESS_TOKEN"}
    alone, delegating = exchanging(pool, BOTH[:1]), exchanging(pool, BOTH[1:])
    token = alone.tokens()["AccessToken"]
    alone.derive(token)
    alone.refuses("InvalidParameterException", "TOKEN_EXCHANGE_DELEGATION flow not enabled", token, **acting)
    delegating.derive(token, **acting)
    delegating.refuses("InvalidParameterException", "TOKEN_EXCHANGE_IMPERSONATION flow not enabled", token)


def test_scopes_are_what_all_three_have_in_common(service):
    """The request, the subject and the client; nothing in common is refused."""
    token = service.tokens()["AccessToken"]
    assert service.derive(token, Scopes=["openid", SELF_SERVICE])["Scopes"] == [SELF_SERVICE]
    service.refuses("InvalidParameterException", "None of the requested scopes", token, Scopes=["openid"])
    narrow = exchanging(service.users, AllowedOAuthScopes=["openid"])
    narrow.refuses("InvalidParameterException", "None of the requested scopes", token, Scopes=[SELF_SERVICE])


def test_a_resource_is_a_resource_server_of_the_pool(service):
    """It becomes the audience; with Audiences it is too much."""
    token = service.tokens()["AccessToken"]
    with_machine(service.users)
    assert service.claims(service.derive(token, Resources=["api"]))["aud"] == "api"
    service.refuses("ResourceNotFoundException", "other", token, Resources=["other"])
    service.refuses("InvalidParameterException", "together", token, Resources=["api"], Audiences=["a"])


def test_the_client_proves_itself_or_somebody_signs(service):
    """Unsigned calls need the secret; signed ones do not, but a wrong one is refused."""
    token = service.tokens()["AccessToken"]
    config = Config(signature_version=UNSIGNED, retries={"max_attempts": 0})
    url = service.users.server.url
    unsigned = boto3.client("cognito-idp", endpoint_url=url, region_name="us-east-1", config=config)
    asked = {"ClientId": service.client_id, "SubjectToken": token, "SubjectTokenType": "ACCESS_TOKEN"}
    assert unsigned.get_derived_token(**asked, ClientSecret=service.secret)["IssuedToken"]
    with pytest.raises(unsigned.exceptions.NotAuthorizedException, match="Unable to verify secret"):
        unsigned.get_derived_token(**asked)
    wrong = "a1b2c3d4e5f6a7b8c9d0e1f2"
    service.refuses("NotAuthorizedException", "Unable to verify secret", token, ClientSecret=wrong)
    public = exchanging(service.users, GenerateSecret=False)
    assert unsigned.get_derived_token(**{**asked, "ClientId": public.client_id})["IssuedToken"]


def test_a_derived_token_ends_with_the_sign_in(service):
    """It opens what its scopes open, until the sign-in is over; then nothing more is derived either."""
    tokens = service.tokens()
    derived = service.derive(tokens["AccessToken"])["IssuedToken"]
    cognito = service.users.cognito
    assert cognito.get_user(AccessToken=derived)["Username"] == "ann"
    cognito.global_sign_out(AccessToken=tokens["AccessToken"])
    with pytest.raises(cognito.exceptions.NotAuthorizedException, match="revoked"):
        cognito.get_user(AccessToken=derived)
    for token in (tokens["AccessToken"], derived):
        service.refuses("NotAuthorizedException", "The subject token has been revoked", token)


def test_a_derived_token_never_outlives_its_subject(service):
    """However often it is exchanged."""
    token = service.tokens()["AccessToken"]
    ends = verified(service.users, token)["exp"]
    service.users.server.advance(3000)
    answer = service.derive(service.derive(token)["IssuedToken"])
    assert service.claims(answer)["exp"] == ends
    assert answer["ExpiresIn"] <= 600
    short = exchanging(service.users, AccessTokenValidity=5, TokenValidityUnits={"AccessToken": "minutes"})
    assert short.derive(token)["ExpiresIn"] == 300
    service.users.server.advance(700)
    service.refuses("NotAuthorizedException", "The subject token has expired", token)


def test_accounts_that_may_not_act_are_not_acted_for(service):
    """Disabled, to be reset, deleted: each is told."""
    users, cognito = service.users, service.users.cognito
    name = {"UserPoolId": users.pool_id, "Username": "ann"}
    token = service.tokens()["AccessToken"]
    cognito.admin_disable_user(**name)
    service.refuses("NotAuthorizedException", "User is disabled", token)
    cognito.admin_enable_user(**name)
    verified_flag = [{"Name": "email_verified", "Value": "true"}]
    cognito.admin_update_user_attributes(**name, UserAttributes=verified_flag)
    cognito.admin_reset_user_password(**name)
    service.refuses("NotAuthorizedException", "Password reset required", token)
    cognito.admin_delete_user(**name)
    service.refuses("UserNotFoundException", "User does not exist", token)


def test_only_tokens_of_the_pool_are_exchanged(service, make_pool):
    """A machine is nobody's subject, and another pool's users and machines are nobody here."""
    other = exchanging(make_pool())
    machine, foreign = with_machine(service.users), with_machine(other.users)
    token = service.tokens()["AccessToken"]
    for subject in (token_of(machine)["AccessToken"], other.tokens()["AccessToken"], token[:-8] + "AAAAAAAA"):
        service.refuses("NotAuthorizedException", "Invalid subject token", subject)
    actor = {"ActorToken": token_of(foreign)["AccessToken"], "ActorTokenType": "ACCESS_TOKEN"}
    service.refuses("NotAuthorizedException", "Invalid actor token", token, **actor)
    gone = token_of(machine)["AccessToken"]
    service.users.cognito.delete_user_pool_client(UserPoolId=service.users.pool_id, ClientId=machine.client_id)
    service.refuses("NotAuthorizedException", "Invalid actor token", token, **{**actor, "ActorToken": gone})


def test_assertions_of_providers_are_not_read_yet(service):
    """SAML2 is refused by its reason, for the subject and for the actor."""
    token = service.tokens()["AccessToken"]
    service.refuses("InvalidParameterException", "SubjectTokenType.*federation", token, "SAML2")
    acting = {"ActorToken": token, "ActorTokenType": "SAML2"}
    service.refuses("InvalidParameterException", "ActorTokenType.*federation", token, **acting)


def test_a_pool_in_lite_exchanges_nothing(make_pool):
    """Token exchange belongs to the higher feature plans."""
    pool = make_pool(UserPoolTier="LITE")
    with pytest.raises(pool.cognito.exceptions.FeatureUnavailableInTierException):
        exchanging(pool)
