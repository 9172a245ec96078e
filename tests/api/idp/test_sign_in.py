"""InitiateAuth and AdminInitiateAuth through the AWS SDK; tokens checked by libraries that are not ours."""

import base64
import json

import jwt
import pytest
from joserfc import jwk
from joserfc import jwt as jose

from conftest import sdk_client, secret_hash
from served import serve


def jwks_of(pool):
    return pool.server.get(f"/{pool.pool_id}/.well-known/jwks.json")


def claims_of(token):
    return jwt.decode(token, options={"verify_signature": False})


def refresh(pool, token, **more):
    parameters = {"REFRESH_TOKEN": token, **more}
    return pool.cognito.initiate_auth(
        ClientId=pool.client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters
    )["AuthenticationResult"]


def test_both_tokens_verify_with_pyjwt(pool):
    """Signature, audience, issuer and life, by PyJWT over the published keys."""
    pool.confirmed("ann")
    result = pool.sign_in("ann")["AuthenticationResult"]
    keys = jwt.PyJWKSet.from_dict(jwks_of(pool))
    issuer = f"{pool.server.url}/{pool.pool_id}"
    for token, audience in ((result["IdToken"], pool.client_id), (result["AccessToken"], None)):
        key = keys[jwt.get_unverified_header(token)["kid"]]
        jwt.decode(token, key, ["RS256"], audience=audience, issuer=issuer)


def test_both_tokens_verify_with_joserfc(pool):
    """The same by joserfc."""
    pool.confirmed("ann")
    result = pool.sign_in("ann")["AuthenticationResult"]
    keys = jwk.KeySet.import_key_set(jwks_of(pool))
    for token in (result["IdToken"], result["AccessToken"]):
        assert jose.decode(token, keys, ["RS256"]).claims["iss"] == f"{pool.server.url}/{pool.pool_id}"


def test_each_token_has_its_own_key(pool):
    """Two keys a pool: one signs ID tokens, the other access tokens (reference 07)."""
    pool.confirmed("ann")
    result = pool.sign_in("ann")["AuthenticationResult"]
    kids = [jwt.get_unverified_header(result[name])["kid"] for name in ("IdToken", "AccessToken")]
    assert sorted(kids) == sorted(key["kid"] for key in jwks_of(pool)["keys"])
    assert len(set(kids)) == 2


def test_the_claims_are_those_of_aws(make_pool):
    """TOK-04: Names, types and values of both tokens' claims (reference 07)."""
    pool = make_pool()
    done = pool.confirmed(
        "ann",
        UserAttributes=[
            {"Name": "email", "Value": "ann@d.example"},
            {"Name": "address", "Value": "1 Road"},
            {"Name": "updated_at", "Value": "1700000000"},
        ],
    )
    result = pool.sign_in("ann")["AuthenticationResult"]
    identity, access = claims_of(result["IdToken"]), claims_of(result["AccessToken"])
    shared = {"sub", "iss", "origin_jti", "event_id", "token_use", "auth_time", "exp", "iat", "jti"}
    assert identity.keys() == shared | {
        "aud",
        "cognito:username",
        "email",
        "email_verified",
        "address",
        "updated_at",
    }
    assert access.keys() == shared | {"client_id", "scope", "username"}
    assert (identity["sub"], access["sub"]) == (done["UserSub"], done["UserSub"])
    assert (identity["token_use"], access["token_use"]) == ("id", "access")
    assert (identity["aud"], access["client_id"]) == (pool.client_id, pool.client_id)
    assert identity["email_verified"] is False
    assert (identity["address"], identity["updated_at"]) == ({"formatted": "1 Road"}, 1700000000)
    assert access["scope"] == "aws.cognito.signin.user.admin"
    assert identity["origin_jti"] == access["origin_jti"]
    assert identity["jti"] != access["jti"]
    assert identity["exp"] - identity["iat"] == 3600


def test_a_refresh_keeps_origin_and_time_and_gives_no_new_refresh_token(pool):
    """origin_jti and auth_time stay, jti is new, RefreshToken is absent (reference 07)."""
    pool.confirmed("ann")
    first = pool.sign_in("ann")["AuthenticationResult"]
    second = refresh(pool, first["RefreshToken"])
    assert "RefreshToken" not in second
    before, after = claims_of(first["AccessToken"]), claims_of(second["AccessToken"])
    assert all(before[name] == after[name] for name in ("origin_jti", "auth_time", "sub"))
    assert before["jti"] != after["jti"]


def test_after_an_alias_sign_in_the_refresh_takes_the_hash_of_the_user_name(make_pool):
    """SECRET_HASH on a refresh is made with the canonical name, here the sub (reference 04)."""
    pool = make_pool(secret=True, UsernameAttributes=["email"])
    done = pool.confirmed("sue@d.example")
    token = pool.sign_in("sue@d.example")["AuthenticationResult"]["RefreshToken"]
    right = secret_hash(pool.secret, done["UserSub"], pool.client_id)
    assert refresh(pool, token, SECRET_HASH=right)["IdToken"]
    wrong = secret_hash(pool.secret, "sue@d.example", pool.client_id)
    with pytest.raises(pool.cognito.exceptions.NotAuthorizedException, match="SecretHash does not match"):
        refresh(pool, token, SECRET_HASH=wrong)


def test_a_refresh_token_looks_like_the_one_of_aws(pool):
    """Five parts, and the first says what AWS's says."""
    pool.confirmed("ann")
    token = pool.sign_in("ann")["AuthenticationResult"]["RefreshToken"]
    head, *rest = token.split(".")
    assert json.loads(base64.urlsafe_b64decode(head + "==")) == {"cty": "JWT", "enc": "A256GCM", "alg": "RSA-OAEP"}
    assert len(rest) == 4


def test_validities_are_those_of_the_client(make_pool):
    """Units and counts of TokenValidityUnits; ExpiresIn is the access token's life."""
    pool = make_pool(
        client={
            "AccessTokenValidity": 10,
            "IdTokenValidity": 2,
            "TokenValidityUnits": {"AccessToken": "minutes", "IdToken": "hours", "RefreshToken": "hours"},
            "RefreshTokenValidity": 2,
        }
    )
    pool.confirmed("ann")
    result = pool.sign_in("ann")["AuthenticationResult"]
    assert result["ExpiresIn"] == 600
    lives = [claims_of(result[name])["exp"] - claims_of(result[name])["iat"] for name in ("AccessToken", "IdToken")]
    assert lives == [600, 7200]


def test_an_administrator_signs_a_user_in(pool):
    """ADMIN_USER_PASSWORD_AUTH and its legacy client setting."""
    pool.confirmed("ann")
    answer = pool.cognito.admin_initiate_auth(
        UserPoolId=pool.pool_id,
        ClientId=pool.client_id,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ann", "PASSWORD": "Correct-Horse-9"},
    )
    assert answer["AuthenticationResult"]["AccessToken"]


@pytest.mark.parametrize("begun_by_admin", [True, False])
def test_a_challenge_may_be_answered_on_the_other_side(pool, begun_by_admin):
    """AdminInitiateAuth then RespondToAuthChallenge, and InitiateAuth then AdminRespondToAuthChallenge."""
    pool.confirmed("ann")
    pool.cognito.admin_set_user_password(UserPoolId=pool.pool_id, Username="ann", Password="Given-Horse-1")
    admin, own = {"UserPoolId": pool.pool_id, "ClientId": pool.client_id}, {"ClientId": pool.client_id}
    names = {"USERNAME": "ann", "PASSWORD": "Given-Horse-1"}
    answer = {"ChallengeName": "NEW_PASSWORD_REQUIRED", "ChallengeResponses": {**names, "NEW_PASSWORD": "New-Horse-10"}}
    if begun_by_admin:
        begun = pool.cognito.admin_initiate_auth(**admin, AuthFlow="ADMIN_USER_PASSWORD_AUTH", AuthParameters=names)
        done = pool.cognito.respond_to_auth_challenge(**own, **answer, Session=begun["Session"])
    else:
        begun = pool.cognito.initiate_auth(**own, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=names)
        done = pool.cognito.admin_respond_to_auth_challenge(**admin, **answer, Session=begun["Session"])
    assert begun["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    assert done["AuthenticationResult"]["AccessToken"]


def test_an_id_token_shows_what_the_client_may_read(make_pool):
    """ReadAttributes gates GetUser and the ID token alike (TRUST API-08)."""
    pool = make_pool(client={"ReadAttributes": ["name"]})
    pool.confirmed("ann", UserAttributes=[{"Name": "email", "Value": "a@d.example"}, {"Name": "name", "Value": "Ann"}])
    result = pool.sign_in("ann")["AuthenticationResult"]
    assert "email" not in claims_of(result["IdToken"])
    assert claims_of(result["IdToken"])["name"] == "Ann"
    shown = pool.cognito.get_user(AccessToken=result["AccessToken"])["UserAttributes"]
    assert {one["Name"] for one in shown} == {"sub", "name"}


def test_without_revocation_tokens_carry_no_jti(make_pool):
    """EnableTokenRevocation=false: neither jti nor origin_jti (reference 07)."""
    pool = make_pool(client={"EnableTokenRevocation": False})
    pool.confirmed("ann")
    result = pool.sign_in("ann")["AuthenticationResult"]
    for name in ("AccessToken", "IdToken"):
        assert not {"jti", "origin_jti"} & claims_of(result[name]).keys()


def test_tokens_expire_by_the_clock():
    """TOK-03: An access token ends after its hour, a refresh token after its thirty days."""
    with serve() as server:
        cognito = sdk_client(server.url)
        pool_id = cognito.create_user_pool(PoolName="clock")["UserPool"]["Id"]
        flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
        client = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="a", ExplicitAuthFlows=flows)
        client_id = client["UserPoolClient"]["ClientId"]
        cognito.sign_up(ClientId=client_id, Username="ann", Password="Correct-Horse-9")
        cognito.admin_confirm_sign_up(UserPoolId=pool_id, Username="ann")
        signed_in = cognito.initiate_auth(
            ClientId=client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "ann", "PASSWORD": "Correct-Horse-9"},
        )["AuthenticationResult"]
        server.advance(3601)
        with pytest.raises(cognito.exceptions.NotAuthorizedException, match="Access Token has expired"):
            cognito.get_user(AccessToken=signed_in["AccessToken"])
        again = {"ClientId": client_id, "AuthFlow": "REFRESH_TOKEN_AUTH"}
        parameters = {"REFRESH_TOKEN": signed_in["RefreshToken"]}
        assert cognito.initiate_auth(**again, AuthParameters=parameters)["AuthenticationResult"]["AccessToken"]
        server.advance(30 * 86_400)
        with pytest.raises(cognito.exceptions.NotAuthorizedException, match="Refresh Token has expired"):
            cognito.initiate_auth(**again, AuthParameters=parameters)
