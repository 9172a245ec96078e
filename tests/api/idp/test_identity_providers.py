"""Identity providers, and users that are linked to them, through the AWS SDK."""

import json
import time

import jwt
import pytest

from conftest import PASSWORD, sdk_client
from served import serve

SECRET = {"client_id": "app", "client_secret": "the-secret"}
GOOGLE = {**SECRET, "authorize_scopes": "profile email openid"}
OIDC = {
    **SECRET,
    "authorize_scopes": "openid",
    "oidc_issuer": "https://op.example.com",
    "attributes_request_method": "GET",
    "token_url": "https://op.example.com/token",
}
METADATA = """<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="idp"><IDPSSODescriptor>
<SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp/out"/>
<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp/post"/>
<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp/in"/>
</IDPSSODescriptor></EntityDescriptor>"""
TYPES = {
    "Google": (GOOGLE, {"oidc_issuer": "https://accounts.google.com", "token_request_method": "POST"}, "sub"),
    "Facebook": (
        {**SECRET, "authorize_scopes": "public_profile", "api_version": "v17.0"},
        {"token_url": "https://graph.facebook.com/v17.0/oauth/access_token", "token_request_method": "GET"},
        "id",
    ),
    "LoginWithAmazon": (
        {**SECRET, "authorize_scopes": "profile"},
        {"authorize_url": "https://www.amazon.com/ap/oa"},
        "user_id",
    ),
    "SignInWithApple": (
        {"client_id": "app", "team_id": "t", "key_id": "k", "authorize_scopes": "email name"},
        {"oidc_issuer": "https://appleid.apple.com"},
        "sub",
    ),
    "OIDC": (OIDC, {"attributes_url_add_attributes": "false"}, "sub"),
    "SAML": (
        {"MetadataFile": METADATA, "IDPSignout": "true"},
        {"SSORedirectBindingURI": "https://idp/in", "SLORedirectBindingURI": "https://idp/out"},
        None,
    ),
}


def create(pool, name, kind, details, **more):
    asked = {"UserPoolId": pool.pool_id, "ProviderName": name, "ProviderType": kind, "ProviderDetails": details}
    return pool.cognito.create_identity_provider(**asked, **more)["IdentityProvider"]


@pytest.mark.parametrize("kind", TYPES)
def test_a_provider_of_each_type_is_shown_as_it_was_made(pool, kind):
    """What was given comes back with what AWS adds; Apple's private key alone is never shown."""
    given, added, subject = TYPES[kind]
    hidden = {"private_key": "-----BEGIN"} if kind == "SignInWithApple" else {}
    mapping = {"email": "email", "custom:team": "team"}
    pool.cognito.add_custom_attributes(
        UserPoolId=pool.pool_id, CustomAttributes=[{"Name": "team", "AttributeDataType": "String"}]
    )
    name = "corp" if kind in {"OIDC", "SAML"} else kind
    made = create(pool, name, kind, {**given, **hidden}, AttributeMapping=mapping, IdpIdentifiers=["b.com", "a.com"])
    assert {**given, **added}.items() <= made["ProviderDetails"].items()
    assert "private_key" not in made["ProviderDetails"]
    assert made["AttributeMapping"] == {**mapping, **({"username": subject} if subject else {})}
    assert made["IdpIdentifiers"] == ["b.com", "a.com"]
    key = {"UserPoolId": pool.pool_id}
    assert pool.cognito.describe_identity_provider(**key, ProviderName=name)["IdentityProvider"] == made
    found = pool.cognito.get_identity_provider_by_identifier(**key, IdpIdentifier="a.com")["IdentityProvider"]
    assert found == made


def test_an_update_replaces_what_it_gives(pool):
    """Details, mapping, identifiers and levels are each replaced as a whole, and stay where they are not given."""
    levels = {"Level1": "low"}
    made = create(pool, "corp", "OIDC", OIDC, IdpIdentifiers=["a"], AcrMapping=levels)
    assert made["AcrMapping"] == levels
    key = {"UserPoolId": pool.pool_id, "ProviderName": "corp"}
    changed = pool.cognito.update_identity_provider(**key, AttributeMapping={"username": "oid", "name": "n"})
    assert changed["IdentityProvider"]["AttributeMapping"] == {"username": "oid", "name": "n"}
    assert changed["IdentityProvider"]["ProviderDetails"] == made["ProviderDetails"]
    bare = {name: value for name, value in OIDC.items() if name != "token_url"}
    pool.cognito.update_identity_provider(**key, ProviderDetails=bare, IdpIdentifiers=["b"], AcrMapping={"Level2": "x"})
    shown = pool.cognito.describe_identity_provider(**key)["IdentityProvider"]
    assert "token_url" not in shown["ProviderDetails"]
    assert (shown["IdpIdentifiers"], shown["AcrMapping"]) == (["b"], {"Level2": "x"})
    with pytest.raises(pool.cognito.exceptions.ResourceNotFoundException):
        pool.cognito.get_identity_provider_by_identifier(UserPoolId=pool.pool_id, IdpIdentifier="a")


def test_a_client_supports_only_providers_that_there_are(pool):
    """A provider can be named by clients from when it was made until it is deleted."""
    asked = {"UserPoolId": pool.pool_id, "ClientId": pool.client_id, "SupportedIdentityProviders": ["COGNITO", "corp"]}
    with pytest.raises(pool.cognito.exceptions.InvalidParameterException, match="The provider corp does not exist"):
        pool.cognito.update_user_pool_client(**asked)
    create(pool, "corp", "OIDC", OIDC)
    shown = pool.cognito.update_user_pool_client(**asked)["UserPoolClient"]
    assert shown["SupportedIdentityProviders"] == ["COGNITO", "corp"]
    pool.cognito.delete_identity_provider(UserPoolId=pool.pool_id, ProviderName="corp")
    with pytest.raises(pool.cognito.exceptions.InvalidParameterException, match="The provider corp does not exist"):
        pool.cognito.update_user_pool_client(**asked)


def test_pages_hold_every_provider_once(pool):
    """In the order of names, with their types."""
    names = ["xyz", "Abc", "abc", "über"]
    for name in names:
        create(pool, name, "OIDC", OIDC)
    pages = pool.cognito.get_paginator("list_identity_providers")
    found = [one for page in pages.paginate(UserPoolId=pool.pool_id, MaxResults=3) for one in page["Providers"]]
    assert [one["ProviderName"] for one in found] == sorted(names)
    assert {one["ProviderType"] for one in found} == {"OIDC"}


def test_secrets_of_a_provider_are_sealed_in_the_store(pool):
    """Nothing in the row can be read without the master key."""
    create(pool, "corp", "OIDC", OIDC)
    world = pool.server.application.world
    sql = "select details, mappings from providers where pool_id = ?"
    row = pool.server.run(world.database.read(lambda tx: tx.one(sql, (pool.pool_id,))))
    assert b"the-secret" not in bytes(row[0])
    assert "the-secret" not in row[1]


def test_a_pool_has_no_more_providers_than_its_quota():
    """One too many is LimitExceededException; a name that is taken is told first."""
    with serve(**{"quotas.identity_providers_per_pool": "1"}) as server:
        cognito = sdk_client(server.url)
        asked = {"UserPoolId": cognito.create_user_pool(PoolName="narrow")["UserPool"]["Id"], "ProviderType": "OIDC"}
        cognito.create_identity_provider(**asked, ProviderName="one", ProviderDetails=OIDC)
        with pytest.raises(cognito.exceptions.LimitExceededException, match="more than 1 identity providers"):
            cognito.create_identity_provider(**asked, ProviderName="two", ProviderDetails=OIDC)
        with pytest.raises(cognito.exceptions.DuplicateProviderException):
            cognito.create_identity_provider(**asked, ProviderName="one", ProviderDetails=OIDC)


# Users of providers


def link(pool, username, value, provider="corp", attribute="Cognito_Subject"):
    source = {"ProviderName": provider, "ProviderAttributeName": attribute, "ProviderAttributeValue": value}
    destination = {"ProviderName": "Cognito", "ProviderAttributeValue": username}
    pool.cognito.admin_link_provider_for_user(UserPoolId=pool.pool_id, DestinationUser=destination, SourceUser=source)


def disable(pool, provider, value, attribute="Cognito_Subject"):
    who = {"ProviderName": provider, "ProviderAttributeName": attribute, "ProviderAttributeValue": value}
    pool.cognito.admin_disable_provider_for_user(UserPoolId=pool.pool_id, User=who)


def attributes_of(pool, username):
    shown = pool.cognito.admin_get_user(UserPoolId=pool.pool_id, Username=username)
    return {one["Name"]: one["Value"] for one in shown["UserAttributes"]}


def test_a_linked_identity_is_told_by_attribute_and_token(pool):
    """The attribute is JSON of AWS's form; in the ID token everything in it is text; an ended link is not told."""
    create(pool, "corp", "OIDC", OIDC)
    pool.confirmed("ann")
    link(pool, "ann", "subject-7")
    [told] = json.loads(attributes_of(pool, "ann")["identities"])
    made_ms = told.pop("dateCreated")
    assert abs(made_ms / 1000 - time.time()) < 600
    assert told == {
        "userId": "subject-7",
        "providerName": "corp",
        "providerType": "OIDC",
        "issuer": None,
        "primary": False,
    }
    token = pool.sign_in("ann")["AuthenticationResult"]["IdToken"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["identities"] == [{**told, "primary": "false", "dateCreated": str(made_ms)}]
    disable(pool, "corp", "subject-7")
    assert "identities" not in attributes_of(pool, "ann")


def test_saml_and_oidc_identities_are_linked_by_mapped_attributes(pool):
    """A mapped attribute finds somebody, one that is not mapped does not; a social provider knows the subject alone."""
    create(pool, "corp", "SAML", {"MetadataFile": METADATA}, AttributeMapping={"email": "mail"})
    create(pool, "Google", "Google", GOOGLE, AttributeMapping={"email": "email"})
    pool.confirmed("ann")
    link(pool, "ann", "ann@corp.example", attribute="email")
    refused = pool.cognito.exceptions.InvalidParameterException
    with pytest.raises(refused, match="name is not mapped"):
        link(pool, "ann", "Ann", attribute="name")
    with pytest.raises(refused, match="must be Cognito_Subject"):
        link(pool, "ann", "ann@example.com", "Google", "email")
    disable(pool, "corp", "ann@corp.example", "email")


def test_a_link_goes_with_its_user(pool):
    """Who is deleted leaves an identity that can be linked anew."""
    create(pool, "corp", "OIDC", OIDC)
    for name in ("ann", "bob"):
        pool.confirmed(name)
    link(pool, "ann", "subject-7")
    with pytest.raises(pool.cognito.exceptions.AliasExistsException):
        link(pool, "bob", "subject-7")
    pool.cognito.admin_delete_user(UserPoolId=pool.pool_id, Username="ann")
    link(pool, "bob", "subject-7")


def test_a_user_has_five_linked_identities_at_most(pool):
    """The sixth is LimitExceededException, and changes nothing."""
    create(pool, "corp", "OIDC", OIDC)
    pool.confirmed("ann")
    for number in range(5):
        link(pool, "ann", f"subject-{number}")
    with pytest.raises(pool.cognito.exceptions.LimitExceededException, match="more than 5 linked identities"):
        link(pool, "ann", "one-too-many")
    assert len(json.loads(attributes_of(pool, "ann")["identities"])) == 5


def test_a_disabled_local_user_has_no_password_any_more(pool):
    """The user is EXTERNAL_PROVIDER; the right password is refused, and none can be recovered."""
    pool.confirmed("ann", UserAttributes=[{"Name": "email", "Value": "ann@example.com"}])
    assert pool.sign_in("ann")
    disable(pool, "Cognito", "ann")
    shown = pool.cognito.admin_get_user(UserPoolId=pool.pool_id, Username="ann")
    assert shown["UserStatus"] == "EXTERNAL_PROVIDER"
    with pytest.raises(pool.cognito.exceptions.NotAuthorizedException, match="Incorrect username or password"):
        pool.sign_in("ann", PASSWORD)
    with pytest.raises(pool.cognito.exceptions.NotAuthorizedException, match="cannot be reset in the current state"):
        pool.cognito.forgot_password(ClientId=pool.client_id, Username="ann")
