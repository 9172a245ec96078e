"""The resource types that are understood: which operations make, change and delete them, by the names of their wire."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cognomen.admin.stacks.functions import Made

Properties = Mapping[str, Any]
Call = tuple[str, Mapping[str, Any]]
"""An operation and its request."""


@dataclass(frozen=True, slots=True)
class Change:
    """What has to become of a thing: the members that name it, what it was and what it is to be."""

    key: Properties
    old: Properties
    new: Properties


@dataclass(frozen=True)
class Kind:
    """One type. `properties` are those that it takes; a change of one in `fixed` makes a new one in place of the old.

    `shown` is told the properties and the answer to the first call of `make`; operations name the thing by `key`.
    """

    properties: frozenset[str]
    required: frozenset[str]
    fixed: frozenset[str]
    key: tuple[str, ...]
    make: Callable[[Properties], list[Call]]
    change: Callable[[Change], list[Call]]
    delete: str
    shown: Callable[[Mapping[str, Any]], Made]
    look: str
    keeps_users: bool = False  # never replaced: what is in it would be lost
    unshown: frozenset[str] = frozenset()  # what plans do not tell the values of
    later: frozenset[str] = frozenset()  # what only the further calls of `make` set


def _only(properties: Properties, *names: str) -> dict[str, Any]:
    return {name: properties[name] for name in names if name in properties}


def _without(properties: Properties, *names: str) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if name not in names}


# AWS::Cognito::UserPool

FACTORS = {"SMS_MFA": "SmsMfaConfiguration", "SOFTWARE_TOKEN_MFA": "SoftwareTokenMfaConfiguration"}
FACTORS |= {"EMAIL_OTP": "EmailMfaConfiguration"}
OF_FACTORS = (
    *("EnabledMfas", "WebAuthnRelyingPartyID", "WebAuthnUserVerification", "WebAuthnFactorConfiguration"),
    *("EmailAuthenticationMessage", "EmailAuthenticationSubject"),
)
AT_FIRST = ("AliasAttributes", "UsernameAttributes", "UsernameConfiguration")
POOL = """
    UserPoolName Policies DeletionProtection LambdaConfig AutoVerifiedAttributes SmsVerificationMessage
    EmailVerificationMessage EmailVerificationSubject VerificationMessageTemplate SmsAuthenticationMessage
    MfaConfiguration UserAttributeUpdateSettings DeviceConfiguration EmailConfiguration SmsConfiguration UserPoolTags
    AdminCreateUserConfig Schema UserPoolAddOns AccountRecoverySetting UserPoolTier"""


def _pool_request(properties: Properties) -> dict[str, Any]:
    name = {"PoolName": properties["UserPoolName"]} if "UserPoolName" in properties else {}
    return {**_without(properties, "UserPoolName", *OF_FACTORS), **name}


def _make_pool(properties: Properties) -> list[Call]:
    asked = _pool_request(properties)
    calls = [("CreateUserPool", asked if not _sets_factors(properties) else _without(asked, "MfaConfiguration"))]
    return calls + _factor_calls(properties)


def _sets_factors(properties: Properties) -> bool:
    return any(name in properties for name in OF_FACTORS)


def _factor_calls(properties: Properties) -> list[Call]:
    """What of a pool only SetUserPoolMfaConfig sets."""
    if not _sets_factors(properties):
        return []
    enabled = properties.get("EnabledMfas", [])
    request: dict[str, Any] = {"MfaConfiguration": properties.get("MfaConfiguration", "OFF")}
    if "SMS_MFA" in enabled:
        texts = {"SmsAuthenticationMessage": properties.get("SmsAuthenticationMessage")}
        texts["SmsConfiguration"] = properties.get("SmsConfiguration")
        request["SmsMfaConfiguration"] = {name: value for name, value in texts.items() if value}
    if "SOFTWARE_TOKEN_MFA" in enabled:
        request["SoftwareTokenMfaConfiguration"] = {"Enabled": True}
    if "EMAIL_OTP" in enabled:
        mail = {"Message": "EmailAuthenticationMessage", "Subject": "EmailAuthenticationSubject"}
        request["EmailMfaConfiguration"] = {name: properties[key] for name, key in mail.items() if key in properties}
    passkeys = {
        "RelyingPartyId": "WebAuthnRelyingPartyID",
        "UserVerification": "WebAuthnUserVerification",
        "FactorConfiguration": "WebAuthnFactorConfiguration",
    }
    wanted = {name: properties[key] for name, key in passkeys.items() if key in properties}
    return [("SetUserPoolMfaConfig", {**request, **({"WebAuthnConfiguration": wanted} if wanted else {})})]


def _change_pool(change: Change) -> list[Call]:
    key, old, new = change.key, change.old, change.new
    known = [one["Name"] for one in old.get("Schema", [])]
    added = [one for one in new.get("Schema", []) if one["Name"] not in known]
    calls: list[Call] = [("AddCustomAttributes", {**key, "CustomAttributes": added})] if added else []
    if _without(old, "Schema") != _without(new, "Schema"):
        elsewhere = ("MfaConfiguration",) if _sets_factors(new) else ()
        calls.append(("UpdateUserPool", {**key, **_without(_pool_request(new), "Schema", *AT_FIRST, *elsewhere)}))
    if _sets_factors(new) or _sets_factors(old):
        calls += [(name, {**key, **request}) for name, request in _factor_calls({"EnabledMfas": [], **new})]
    return calls


def _pool_made(told: Mapping[str, Any]) -> Made:
    pool = told["UserPool"]
    region, pool_id = pool["Arn"].split(":")[3], pool["Id"]
    provider = f"cognito-idp.{region}.amazonaws.com/{pool_id}"
    names = {"Arn": pool["Arn"], "ProviderName": provider, "ProviderURL": f"https://{provider}"}
    return Made(pool_id, {**names, "UserPoolId": pool_id})


# The others

CLIENT = """
    UserPoolId ClientName GenerateSecret RefreshTokenValidity AccessTokenValidity IdTokenValidity TokenValidityUnits
    ReadAttributes WriteAttributes ExplicitAuthFlows SupportedIdentityProviders CallbackURLs LogoutURLs
    DefaultRedirectURI AllowedOAuthFlows AllowedOAuthScopes AllowedOAuthFlowsUserPoolClient AnalyticsConfiguration
    PreventUserExistenceErrors EnableTokenRevocation EnablePropagateAdditionalUserContextData AuthSessionValidity
    RefreshTokenRotation"""


def _client_made(told: Mapping[str, Any]) -> Made:
    client = told["UserPoolClient"]
    names = {"ClientId": client["ClientId"], "Name": client["ClientName"]}
    return Made(client["ClientId"], {**names, **_only(client, "ClientSecret")})


def _named(member: str) -> Callable[[Mapping[str, Any]], Made]:
    return lambda told: Made(str(told[member]))


def _attached(told: Mapping[str, Any]) -> Made:
    return Made("|".join(str(told[name]) for name in ("UserPoolId", "GroupName", "Username")))


def _domain_made(told: Mapping[str, Any]) -> Made:
    return Made(told["Domain"], {"CloudFrontDistribution": told.get("CloudFrontDomain", "")})


def _simple(operation: str) -> Callable[[Properties], list[Call]]:
    return lambda properties: [(operation, properties)]


def _updated(operation: str, *left_out: str) -> Callable[[Change], list[Call]]:
    return lambda change: [(operation, {**_without(change.new, *left_out), **change.key})]


def _never(_change: Change) -> list[Call]:
    raise AssertionError("every property of this type is fixed")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


USER = _words(
    "UserPoolId Username UserAttributes ValidationData DesiredDeliveryMediums ForceAliasCreation MessageAction"
)
USER |= {"ClientMetadata"}
MEMBERSHIP = _words("UserPoolId Username GroupName")
KINDS: Mapping[str, Kind] = {
    "AWS::Cognito::UserPool": Kind(
        properties=_words(POOL) | {*AT_FIRST, *OF_FACTORS},
        required=frozenset(),
        fixed=frozenset(AT_FIRST),
        key=("UserPoolId",),
        make=_make_pool,
        change=_change_pool,
        delete="DeleteUserPool",
        shown=_pool_made,
        look="DescribeUserPool",
        keeps_users=True,
        later=frozenset({*OF_FACTORS, "MfaConfiguration"}),
    ),
    "AWS::Cognito::UserPoolClient": Kind(
        properties=_words(CLIENT),
        required=frozenset({"UserPoolId"}),
        fixed=frozenset({"UserPoolId", "GenerateSecret"}),
        key=("UserPoolId", "ClientId"),
        make=_simple("CreateUserPoolClient"),
        change=_updated("UpdateUserPoolClient", "GenerateSecret"),
        delete="DeleteUserPoolClient",
        shown=_client_made,
        look="DescribeUserPoolClient",
    ),
    "AWS::Cognito::UserPoolGroup": Kind(
        properties=_words("UserPoolId GroupName Description Precedence RoleArn"),
        required=frozenset({"UserPoolId"}),
        fixed=frozenset({"UserPoolId", "GroupName"}),
        key=("UserPoolId", "GroupName"),
        make=_simple("CreateGroup"),
        change=_updated("UpdateGroup"),
        delete="DeleteGroup",
        shown=_named("GroupName"),
        look="GetGroup",
    ),
    "AWS::Cognito::UserPoolDomain": Kind(
        properties=_words("UserPoolId Domain CustomDomainConfig ManagedLoginVersion"),
        required=frozenset({"UserPoolId", "Domain"}),
        fixed=frozenset({"UserPoolId", "Domain"}),
        key=("UserPoolId", "Domain"),
        make=_simple("CreateUserPoolDomain"),
        change=_updated("UpdateUserPoolDomain"),
        delete="DeleteUserPoolDomain",
        shown=_domain_made,
        look="DescribeUserPoolDomain",
    ),
    "AWS::Cognito::UserPoolResourceServer": Kind(
        properties=_words("UserPoolId Identifier Name Scopes"),
        required=frozenset({"UserPoolId", "Identifier", "Name"}),
        fixed=frozenset({"UserPoolId", "Identifier"}),
        key=("UserPoolId", "Identifier"),
        make=_simple("CreateResourceServer"),
        change=_updated("UpdateResourceServer"),
        delete="DeleteResourceServer",
        shown=_named("Identifier"),
        look="DescribeResourceServer",
    ),
    "AWS::Cognito::UserPoolIdentityProvider": Kind(
        properties=_words("UserPoolId ProviderName ProviderType ProviderDetails AttributeMapping IdpIdentifiers"),
        required=frozenset({"UserPoolId", "ProviderName", "ProviderType", "ProviderDetails"}),
        fixed=frozenset({"UserPoolId", "ProviderName", "ProviderType"}),
        key=("UserPoolId", "ProviderName"),
        make=_simple("CreateIdentityProvider"),
        change=_updated("UpdateIdentityProvider", "ProviderType"),
        delete="DeleteIdentityProvider",
        shown=_named("ProviderName"),
        look="DescribeIdentityProvider",
        unshown=frozenset({"ProviderDetails"}),
    ),
    "AWS::Cognito::UserPoolUser": Kind(
        properties=USER,
        required=frozenset({"UserPoolId"}),
        fixed=USER,
        key=("UserPoolId", "Username"),
        make=_simple("AdminCreateUser"),
        change=_never,
        delete="AdminDeleteUser",
        shown=_named("Username"),
        look="AdminGetUser",
        unshown=frozenset({"UserAttributes"}),
    ),
    "AWS::Cognito::UserPoolUserToGroupAttachment": Kind(
        properties=MEMBERSHIP,
        required=MEMBERSHIP,
        fixed=MEMBERSHIP,
        key=("UserPoolId", "Username", "GroupName"),
        make=_simple("AdminAddUserToGroup"),
        change=_never,
        delete="AdminRemoveUserFromGroup",
        shown=_attached,
        look="",
    ),
}
NAMED_BY_STACK: Mapping[str, str] = {
    "AWS::Cognito::UserPool": "UserPoolName",
    "AWS::Cognito::UserPoolClient": "ClientName",
    "AWS::Cognito::UserPoolGroup": "GroupName",
    "AWS::Cognito::UserPoolUser": "Username",
}
"""What CloudFormation makes up where the template does not say it: the stack's name and the logical id."""
