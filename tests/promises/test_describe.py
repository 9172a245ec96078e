"""Describe returns what Create was given: for pools and app clients made up at random from what is accepted."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promises.honoured import HONOURED
from refusals.service import Service
from served import Served

# What is named here stands in place of what conftest names.
CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
FEW = settings(max_examples=25, suppress_health_check=CHECKS)
NAMES = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 +=,.@-_", min_size=1, max_size=128)
WORDS = st.text("abcdefghijklmnopqrstuvwxyz é日", max_size=60)
MESSAGES = st.builds("{}{{####}}{}".format, WORDS, WORDS)
INVITATIONS = st.builds("{}{{username}}{}{{####}}".format, WORDS, WORDS)
SUBJECTS = st.text("abcdefghijklmnopqrstuvwxyz é日", min_size=1, max_size=140)
CONTACTS = ["email", "phone_number"]
FLAGS = st.booleans()


def some(values: list[str], least: int = 0) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), unique=True, min_size=least)


def members(**optional: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Any of these members, or none."""
    return st.fixed_dictionaries({}, optional=optional)


def _bounds(low: str, high: str) -> st.SearchStrategy[dict[str, str]]:
    pairs = st.tuples(st.integers(0, 1000), st.integers(0, 1000)).map(sorted)
    return st.one_of(
        pairs.map(lambda pair: {low: str(pair[0]), high: str(pair[1])}),
        st.integers(0, 1000).map(lambda bound: {high: str(bound)}),
        st.integers(0, 1000).map(lambda bound: {low: str(bound)}),
    )


ATTRIBUTE_NAMES = st.text("abcdefghijklmnopqrstuvwxyz_-", min_size=1, max_size=20)
CUSTOM = st.one_of(
    members(
        DeveloperOnlyAttribute=FLAGS, Mutable=FLAGS, StringAttributeConstraints=_bounds("MinLength", "MaxLength")
    ).map(lambda entry: {"AttributeDataType": "String", **entry}),
    members(
        DeveloperOnlyAttribute=FLAGS, Mutable=FLAGS, NumberAttributeConstraints=_bounds("MinValue", "MaxValue")
    ).map(lambda entry: {"AttributeDataType": "Number", **entry}),
    members(Mutable=FLAGS).map(lambda entry: {"AttributeDataType": "Boolean", **entry}),
    members(Mutable=FLAGS).map(lambda entry: {"AttributeDataType": "DateTime", **entry}),
)
STANDARD = st.fixed_dictionaries({"Required": FLAGS, "Mutable": FLAGS}).map(
    lambda entry: {"AttributeDataType": "String", **entry}
)
SCHEMA = st.tuples(
    st.dictionaries(ATTRIBUTE_NAMES.map(lambda name: f"x{name}"[:20]), CUSTOM, min_size=1, max_size=8),
    st.dictionaries(st.sampled_from(["name", "nickname", "email", "gender"]), STANDARD, max_size=3),
).map(lambda both: [{"Name": name, **entry} for part in both for name, entry in part.items()])

IDENTITY, ROLE = "arn:aws:ses:us-east-1:123456789012:identity/id.example", "arn:aws:iam::123456789012:role/texts"
SENDERS = st.sampled_from(["in@id.example", "The office <in@id.example>"])
PASSWORD_POLICY = members(
    MinimumLength=st.integers(6, 99),
    RequireUppercase=FLAGS,
    RequireLowercase=FLAGS,
    RequireNumbers=FLAGS,
    RequireSymbols=FLAGS,
)
RECOVERY = [
    {"RecoveryMechanisms": [{"Priority": place, "Name": name} for place, name in enumerate(names, 1)]}
    for names in (["verified_email"], ["verified_phone_number", "verified_email"], ["admin_only"])
]
POOL: Mapping[str, st.SearchStrategy[Any]] = {
    "Policies": members(PasswordPolicy=PASSWORD_POLICY),
    "DeletionProtection": st.sampled_from(["ACTIVE", "INACTIVE"]),
    "UserPoolTags": st.dictionaries(WORDS.filter(bool), WORDS, max_size=5),
    "AdminCreateUserConfig": members(
        AllowAdminCreateUserOnly=FLAGS,
        UnusedAccountValidityDays=st.integers(1, 365),
        InviteMessageTemplate=members(SMSMessage=INVITATIONS, EmailMessage=INVITATIONS, EmailSubject=SUBJECTS),
    ),
    "Schema": SCHEMA,
    "UsernameConfiguration": FLAGS.map(lambda flag: {"CaseSensitive": flag}),
    "AccountRecoverySetting": st.sampled_from(RECOVERY),
    "DeviceConfiguration": members(ChallengeRequiredOnNewDevice=FLAGS, DeviceOnlyRememberedOnUserPrompt=FLAGS),
    "IssuerConfiguration": members(Type=st.sampled_from(["ORIGINAL", "UPDATED"])),
    "UserPoolTier": st.sampled_from(["ESSENTIALS", "PLUS"]),
    "UserPoolAddOns": st.just({"AdvancedSecurityMode": "OFF"}),  # the other modes need PLUS
    "SmsAuthenticationMessage": MESSAGES,
    "EmailConfiguration": st.builds(
        lambda parts, account: {"SourceArn": IDENTITY, "EmailSendingAccount": account, **parts},
        members(From=SENDERS, ReplyToEmailAddress=st.just("ask@id.example")),
        st.sampled_from(["DEVELOPER", "COGNITO_DEFAULT"]),
    ),
}
# MFA cannot be on from the beginning but by SMS.
TEXTED = st.just({}) | st.builds(
    lambda parts, mode: {"SmsConfiguration": {"SnsCallerArn": ROLE, **parts}, **mode},
    members(ExternalId=WORDS, SnsRegion=st.just("eu-west-1")),
    members(MfaConfiguration=st.sampled_from(["OFF", "OPTIONAL", "ON"])),
)
VERIFIED = some(CONTACTS).flatmap(
    lambda names: members(
        AutoVerifiedAttributes=st.just(names),
        UserAttributeUpdateSettings=st.just({"AttributesRequireVerificationBeforeUpdate": names[:1]}),
    ).filter(lambda asked: not names or len(asked) != 1 or "AutoVerifiedAttributes" in asked)
)
LOGINS = st.one_of(
    st.just({}),
    some([*CONTACTS, "preferred_username"]).map(lambda names: {"AliasAttributes": names}),
    some(CONTACTS, 1).map(lambda names: {"UsernameAttributes": names}),
)
TEXTS = st.one_of(
    members(SmsVerificationMessage=MESSAGES, EmailVerificationMessage=MESSAGES, EmailVerificationSubject=SUBJECTS),
    members(SmsMessage=MESSAGES, EmailMessage=MESSAGES, EmailSubject=SUBJECTS).map(
        lambda template: {"VerificationMessageTemplate": template}
    ),
)
POOLS = st.builds(
    lambda name, *parts: {"PoolName": name, **{key: value for part in parts for key, value in part.items()}},
    NAMES,
    members(**POOL),
    VERIFIED,
    LOGINS,
    TEXTS,
    TEXTED,
)

LIVES = {"seconds": (300, 86400), "minutes": (5, 1440), "hours": (1, 24), "days": (1, 1)}
# No refresh token may end before the others do, and those live a day at most.
REFRESH_LIVES = {
    "seconds": (86400, 315_360_000),
    "minutes": (1440, 5_256_000),
    "hours": (24, 87_600),
    "days": (1, 3650),
}


def _lives(token: str, lives: Mapping[str, tuple[int, int]]) -> st.SearchStrategy[dict[str, Any]]:
    """A validity with its unit."""
    return st.sampled_from(sorted(lives)).flatmap(
        lambda unit: st.integers(*lives[unit]).map(lambda count: {f"{token}Validity": count, "unit": {token: unit}})
    )


def _validities(parts: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    units = {token: unit for part in parts for token, unit in part.get("unit", {}).items()}
    counts = {name: value for part in parts for name, value in part.items() if name != "unit"}
    return {**counts, **({"TokenValidityUnits": units} if units else {})}


VALIDITIES = st.tuples(
    st.just({}) | _lives("AccessToken", LIVES),
    st.just({}) | _lives("IdToken", LIVES),
    st.just({}) | _lives("RefreshToken", REFRESH_LIVES),
).map(_validities)
SECRETS = st.one_of(
    st.just({}),
    FLAGS.map(lambda flag: {"GenerateSecret": flag}),
    st.text("abcdefghijklmnopqrstuvwxyz0123456789_+", min_size=24, max_size=64).map(
        lambda secret: {"ClientSecret": secret}
    ),
)
NEW_FLOWS = ["USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH", "CUSTOM_AUTH", "USER_SRP_AUTH", "REFRESH_TOKEN_AUTH"]
OLD_FLOWS = ["ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH"]
FLOWS = some([f"ALLOW_{flow}" for flow in NEW_FLOWS], 1) | some(OLD_FLOWS, 1)
# A client that rotates refresh tokens cannot allow REFRESH_TOKEN_AUTH beside.
ROTATION = st.fixed_dictionaries(
    {"Feature": st.sampled_from(["ENABLED", "DISABLED"])}, optional={"RetryGracePeriodSeconds": st.integers(0, 60)}
)
ROTATIONS = st.just({}) | st.builds(
    lambda flows, rotation: {"ExplicitAuthFlows": flows, "RefreshTokenRotation": rotation},
    some([f"ALLOW_{flow}" for flow in NEW_FLOWS[:-1]], 1),
    ROTATION,
)
# Where OAuth is allowed, flows, scopes and callbacks come together; the default is one of the callbacks.
ADDRESSES = ["https://example.com/in", "http://localhost:3000/in", "my-app://in", "https://example.com/é"]
OAUTHS = members(SupportedIdentityProviders=some(["COGNITO"]), LogoutURLs=some(ADDRESSES)) | st.builds(
    lambda flows, scopes, callbacks, default: {
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthFlows": flows,
        "AllowedOAuthScopes": scopes,
        "CallbackURLs": callbacks,
        **({"DefaultRedirectURI": callbacks[0]} if default else {}),
    },
    some(["code", "implicit"], 1),
    some(["openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"], 1),
    some(ADDRESSES, 1),
    FLAGS,
)
OAUTH = {"SupportedIdentityProviders", "LogoutURLs", "CallbackURLs", "DefaultRedirectURI"}
OAUTH |= {"AllowedOAuthFlowsUserPoolClient", "AllowedOAuthFlows", "AllowedOAuthScopes"}
CLIENT: Mapping[str, st.SearchStrategy[Any]] = {
    "AuthSessionValidity": st.integers(3, 15),
    "ReadAttributes": some(["email", "name", "email_verified", "sub"], 1),
    "WriteAttributes": some(["email", "name", "phone_number"], 1),
    "ExplicitAuthFlows": FLOWS,
    "PreventUserExistenceErrors": st.sampled_from(["LEGACY", "ENABLED"]),
    "EnableTokenRevocation": FLAGS,
    "EnablePropagateAdditionalUserContextData": st.just(False),  # True needs a secret
}
CLIENTS = st.builds(
    lambda name, *parts: {"ClientName": name, **{key: value for part in parts for key, value in part.items()}},
    NAMES,
    members(**CLIENT),
    VALIDITIES,
    SECRETS,
    ROTATIONS,
    OAUTHS,
)


@pytest.fixture(scope="module")
def service(server: Served) -> Iterator[Service]:
    with Service(server.url) as made:
        yield made


@pytest.fixture(scope="module")
def pool_id(service: Service) -> str:
    return str(service.call("CreateUserPool", {"PoolName": "described"}).document["UserPool"]["Id"])


def ask(service: Service, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
    answer = service.call(operation, request)
    assert answer.status == 200, (request, answer.document)
    return dict(next(iter(answer.document.values())))


def lacks(shown: Any, asked: Any, place: str = "") -> list[str]:
    """Where something that was asked for does not come back as it was."""
    if isinstance(asked, Mapping) and isinstance(shown, Mapping):
        return [fault for key, value in asked.items() for fault in lacks(shown.get(key), value, f"{place}.{key}")]
    return [] if shown == asked else [f"{place}: {asked!r} was asked for, {shown!r} is shown"]


@FEW
@given(asked=POOLS)
def test_describe_returns_what_create_was_given(service: Service, asked: dict[str, Any]) -> None:
    """A pool: every member that was accepted is described as it was given, by Create and by Describe."""
    made = ask(service, "CreateUserPool", asked)
    shown = ask(service, "DescribeUserPool", {"UserPoolId": made["Id"]})
    assert shown == made
    renamed = {("Name" if name == "PoolName" else name): value for name, value in asked.items()}
    schema = renamed.pop("Schema", [])
    assert lacks(shown, renamed) == []
    by_name = {entry["Name"]: entry for entry in shown["SchemaAttributes"]}
    assert [fault for entry in schema for fault in lacks(by_name[_full_name(entry)], _described(entry))] == []


def _full_name(entry: Mapping[str, Any]) -> str:
    if entry["Name"] in {"name", "nickname", "email", "gender"}:
        return str(entry["Name"])
    return f"{'dev:' if entry.get('DeveloperOnlyAttribute') else ''}custom:{entry['Name']}"


def _described(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {**entry, "Name": _full_name(entry)}


@FEW
@given(asked=CLIENTS)
def test_describe_returns_the_client_that_was_created(service: Service, pool_id: str, asked: dict[str, Any]) -> None:
    """A client: every member that was accepted is described as it was given; a secret where one was asked for."""
    made = ask(service, "CreateUserPoolClient", {"UserPoolId": pool_id, **asked})
    shown = ask(service, "DescribeUserPoolClient", {"UserPoolId": pool_id, "ClientId": made["ClientId"]})
    assert shown == made
    generated = asked.pop("GenerateSecret", False)
    assert lacks(shown, {**asked, "UserPoolId": pool_id}) == []
    assert ("ClientSecret" in shown) is (generated or "ClientSecret" in asked)


def test_every_accepted_member_is_made_up_here() -> None:
    """The two strategies know every member of the two requests that has an effect, and no other."""
    pool = {*POOL, "PoolName", "AliasAttributes", "UsernameAttributes", "VerificationMessageTemplate"}
    pool |= {"AutoVerifiedAttributes", "UserAttributeUpdateSettings", "LambdaConfig"}
    pool |= {"MfaConfiguration", "SmsConfiguration"}
    pool |= {"SmsVerificationMessage", "EmailVerificationMessage", "EmailVerificationSubject"}
    client = {*CLIENT, "UserPoolId", "ClientName", "GenerateSecret", "ClientSecret", "TokenValidityUnits"}
    client |= {"RefreshTokenRotation", *OAUTH}
    client |= {f"{token}Validity" for token in ("AccessToken", "IdToken", "RefreshToken")}
    assert pool == {path.partition(".")[0] for path in HONOURED["CreateUserPool"]}
    assert client == {path.partition(".")[0] for path in HONOURED["CreateUserPoolClient"]}
