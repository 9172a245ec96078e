"""UpdateUserPool and UpdateUserPoolClient through the AWS SDK: what is left out goes back to its default."""

import pytest

from cognomen.domain.pool_settings import REPLACED
from cognomen.wire.idp import UpdateUserPoolRequest
from conftest import sdk_client
from second_factors import TEXTS
from served import serve

OAUTH = {
    "AllowedOAuthFlowsUserPoolClient": True,
    "AllowedOAuthFlows": ["code", "implicit"],
    "AllowedOAuthScopes": ["openid", "email"],
    "CallbackURLs": [
        "https://example.com/in",
        "http://localhost:3000",
        "http://127.0.0.1",
        "http://[::1]:1/x",
        "my-app://in",
    ],
    "LogoutURLs": ["https://example.com/out"],
    "DefaultRedirectURI": "https://example.com/in",
}


def shown_pool(cognito, pool_id):
    return cognito.describe_user_pool(UserPoolId=pool_id)["UserPool"]


def shown_client(pool):
    asked = {"UserPoolId": pool.pool_id, "ClientId": pool.client_id}
    return pool.cognito.describe_user_pool_client(**asked)["UserPoolClient"]


def without_dates(shown):
    return {name: value for name, value in shown.items() if not name.endswith("Date")}


KEPT = {"PoolName", "DcrConfiguration", "Policies", "MfaConfiguration", "UserPoolTags", "UserPoolTier"}


def test_every_member_of_an_update_has_its_fate():
    """What an update replaces is what its request can say, but for what AWS keeps."""
    named = set(UpdateUserPoolRequest.__struct_encode_fields__)
    assert named - {"UserPoolId", *KEPT} == REPLACED


def test_an_update_that_says_nothing_takes_a_pool_back_to_the_defaults(cognito):
    """All settings are those of a new pool, save what only CreateUserPool sets, and what AWS keeps."""
    lasting = {
        "UsernameConfiguration": {"CaseSensitive": False},
        "AliasAttributes": ["email"],
        "Schema": [{"Name": "team", "AttributeDataType": "String"}],
    }
    made = cognito.create_user_pool(
        PoolName="people",
        DeletionProtection="ACTIVE",
        AutoVerifiedAttributes=["email"],
        EmailVerificationSubject="Hello",
        AdminCreateUserConfig={"AllowAdminCreateUserOnly": True},
        UserAttributeUpdateSettings={"AttributesRequireVerificationBeforeUpdate": ["email"]},
        AccountRecoverySetting={"RecoveryMechanisms": [{"Priority": 1, "Name": "admin_only"}]},
        IssuerConfiguration={"Type": "UPDATED"},
        **lasting,
    )["UserPool"]
    fresh = cognito.create_user_pool(PoolName="people", **lasting)["UserPool"]
    assert cognito.update_user_pool(UserPoolId=made["Id"]).keys() == {"ResponseMetadata"}
    of_its_own = {"Id", "Arn", "CreationDate", "LastModifiedDate"}
    shown = shown_pool(cognito, made["Id"])
    assert {k: v for k, v in shown.items() if k not in of_its_own} == {
        k: v for k, v in fresh.items() if k not in of_its_own
    }
    assert shown["LastModifiedDate"] > made["LastModifiedDate"]


def test_an_update_that_says_nothing_keeps_policies_mfa_tags_and_tier(cognito):
    """They are changed by being given, one policy without the other, and by nothing else."""
    policies = {
        "PasswordPolicy": {"MinimumLength": 12, "RequireUppercase": False, "RequireLowercase": True,
                           "RequireNumbers": True, "RequireSymbols": False, "TemporaryPasswordValidityDays": 3},
        "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]},
    }  # fmt: skip
    given = {"Policies": policies, "MfaConfiguration": "OPTIONAL", "UserPoolTags": {"team": "blue"}}
    made = cognito.create_user_pool(
        PoolName="kept", **given, UserPoolTier="PLUS", SmsConfiguration=TEXTS, AutoVerifiedAttributes=["email"]
    )["UserPool"]
    cognito.update_user_pool(UserPoolId=made["Id"], SmsConfiguration=TEXTS)
    shown = shown_pool(cognito, made["Id"])
    assert {**given, "UserPoolTier": "PLUS"}.items() <= shown.items()
    assert shown["AutoVerifiedAttributes"] == [], "the rest is replaced"
    other = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]}}
    rest = {"UserPoolTags": {}, "MfaConfiguration": "OFF", "UserPoolTier": "ESSENTIALS"}
    cognito.update_user_pool(UserPoolId=made["Id"], Policies=other, **rest)
    assert {"Policies": {**policies, **other}, **rest}.items() <= shown_pool(cognito, made["Id"]).items()


def test_days_given_the_older_way_are_the_days_of_the_policy(cognito):
    """UnusedAccountValidityDays of an update without a password policy counts in both places."""
    made = cognito.create_user_pool(PoolName="days", Policies={"PasswordPolicy": {"MinimumLength": 9}})["UserPool"]
    cognito.update_user_pool(UserPoolId=made["Id"], AdminCreateUserConfig={"UnusedAccountValidityDays": 5})
    shown = shown_pool(cognito, made["Id"])
    assert shown["AdminCreateUserConfig"]["UnusedAccountValidityDays"] == 5
    policy = {**made["Policies"]["PasswordPolicy"], "TemporaryPasswordValidityDays": 5}
    assert shown["Policies"]["PasswordPolicy"] == policy


def test_an_update_is_in_force_at_once(make_pool):
    """Passwords are judged by the new policy, sign-up closes, and the pool has its new name."""
    pool = make_pool()
    pool.cognito.update_user_pool(
        UserPoolId=pool.pool_id, PoolName="renamed", Policies={"PasswordPolicy": {"MinimumLength": 20}}
    )
    with pytest.raises(pool.cognito.exceptions.InvalidPasswordException, match="not long enough"):
        pool.sign_up("ann")
    pool.cognito.update_user_pool(UserPoolId=pool.pool_id, AdminCreateUserConfig={"AllowAdminCreateUserOnly": True})
    with pytest.raises(pool.cognito.exceptions.NotAuthorizedException, match="SignUp is not permitted"):
        pool.sign_up("ann")
    assert shown_pool(pool.cognito, pool.pool_id)["Name"] == "renamed"


def test_what_is_described_can_be_sent_back(cognito):
    """The members of Describe that an update takes change nothing when they come back."""
    made = cognito.create_user_pool(
        PoolName="same", Policies={"PasswordPolicy": {"MinimumLength": 9}}, UserPoolTags={"a": "b"},
        AutoVerifiedAttributes=["email"], EmailVerificationMessage="Use {####}",
    )["UserPool"]  # fmt: skip
    cognito.update_user_pool(UserPoolId=made["Id"], **{name: made[name] for name in REPLACED if made.get(name)})
    assert without_dates(shown_pool(cognito, made["Id"])) == without_dates(made)


# App clients


def test_an_update_that_says_nothing_takes_a_client_back_to_the_defaults(make_pool):
    """All settings are those of a new client; the name and the secret stay."""
    settings = {"AccessTokenValidity": 2, "PreventUserExistenceErrors": "ENABLED", "EnableTokenRevocation": False}
    pool = make_pool(secret=True, client={**settings, **OAUTH, "SupportedIdentityProviders": ["COGNITO"]})
    fresh = pool.cognito.create_user_pool_client(UserPoolId=pool.pool_id, ClientName="app")["UserPoolClient"]
    asked = {"UserPoolId": pool.pool_id, "ClientId": pool.client_id}
    answered = pool.cognito.update_user_pool_client(**asked)["UserPoolClient"]
    expected = {**without_dates(fresh), "ClientId": pool.client_id, "ClientSecret": pool.secret}
    assert without_dates(answered) == expected
    assert shown_client(pool) == answered


def test_what_a_client_says_of_oauth_comes_back(make_pool):
    """Create, Describe and Update show it as it was given."""
    pool = make_pool(client=OAUTH)
    assert OAUTH.items() <= shown_client(pool).items()
    other = {**OAUTH, "CallbackURLs": ["https://example.org"], "DefaultRedirectURI": "https://example.org"}
    pool.cognito.update_user_pool_client(UserPoolId=pool.pool_id, ClientId=pool.client_id, **other)
    assert other.items() <= shown_client(pool).items()


def test_machines_need_a_scope_that_there_is(make_pool):
    """A client for machines takes the scopes of the pool's resource servers, and has a secret."""
    pool = make_pool(secret=True)
    scopes = [{"ScopeName": "read", "ScopeDescription": "Read"}]
    pool.cognito.create_resource_server(UserPoolId=pool.pool_id, Identifier="https://api", Name="API", Scopes=scopes)
    machine = {"AllowedOAuthFlowsUserPoolClient": True, "AllowedOAuthFlows": ["client_credentials"]}
    asked = {"UserPoolId": pool.pool_id, "ClientId": pool.client_id, **machine}
    pool.cognito.update_user_pool_client(**asked, AllowedOAuthScopes=["https://api/read"])
    with pytest.raises(pool.cognito.exceptions.ScopeDoesNotExistException, match="https://api/write"):
        pool.cognito.update_user_pool_client(**asked, AllowedOAuthScopes=["https://api/write"])
    assert shown_client(pool)["AllowedOAuthScopes"] == ["https://api/read"], "what is refused changes nothing"


def test_a_pool_has_no_more_clients_than_its_quota():
    """One too many is LimitExceededException; a deletion makes room."""
    with serve(**{"quotas.clients_per_pool": "2"}) as server:
        cognito = sdk_client(server.url)
        asked = {"UserPoolId": cognito.create_user_pool(PoolName="narrow")["UserPool"]["Id"], "ClientName": "app"}
        first = cognito.create_user_pool_client(**asked)["UserPoolClient"]
        cognito.create_user_pool_client(**asked)
        with pytest.raises(cognito.exceptions.LimitExceededException, match="more than 2 app clients"):
            cognito.create_user_pool_client(**asked)
        cognito.delete_user_pool_client(UserPoolId=asked["UserPoolId"], ClientId=first["ClientId"])
        cognito.create_user_pool_client(**asked)
