"""Limits: every broken one is found and told in AWS's words."""

import json

import pytest

from cognomen.errors import InvalidParameterException, Refusal, ValidationException
from cognomen.http import limits, strict_json
from modelled import OPERATIONS, every_operation, full, raw, request_shape

VISIBLE = r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+"
NAME = r"[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r ]+"
SIGN_UP = {"ClientId": "a1", "Username": "ann"}
POOL = {"PoolName": "p"}
BRANDING = {"UserPoolId": "r_a", "ClientId": "a1"}
IDENTITY_POOL = {"IdentityPoolId": "us-east-1:a1"}


def told(service, name, request):
    """The refusal of a request, or None."""
    operation = OPERATIONS[service][name]
    try:
        limits.check(operation, strict_json.decode(operation, json.dumps(request).encode()))
    except Refusal as refusal:
        return refusal
    return None


def broken(*items):
    """The whole wording for some broken limits."""
    errors = "error" if len(items) == 1 else "errors"
    return f"{len(items)} validation {errors} detected: " + "; ".join(items)


def value(shown, path, rule):
    """The wording for one broken limit."""
    return f"Value {shown}at '{path}' failed to satisfy constraint: {rule}"


def longest(count):
    return f"Member must have length less than or equal to {count}"


def shortest(count):
    return f"Member must have length greater than or equal to {count}"


def pattern(java):
    return f"Member must satisfy regular expression pattern: {java}"


ONE = {
    "a text that is too long": (
        "SignUp", {**SIGN_UP, "Username": "x" * 129}, value("", "username", longest(128)),
    ),
    "a text counted in characters, not in bytes": (
        "SignUp", {**SIGN_UP, "Username": "é" * 129}, value("", "username", longest(128)),
    ),
    "a text that is too short": (
        "VerifySoftwareToken", {"UserCode": "12345"}, value("", "userCode", shortest(6)),
    ),
    "a pattern, the value shown": (
        "ConfirmSignUp", {**SIGN_UP, "ConfirmationCode": "1 12"},
        value("'1 12' ", "confirmationCode", pattern(r"[\S]+")),
    ),
    "a pattern, the value sensitive": (
        "SignUp", {**SIGN_UP, "Password": "a b"}, value("", "password", pattern(r"[\S]+")),
    ),
    "a pattern with general categories": (
        "SignUp", {**SIGN_UP, "Username": "a\u200b"}, value("", "username", pattern(VISIBLE)),
    ),
    "an enumeration": (
        "CreateUserPool", {**POOL, "MfaConfiguration": "on"},
        value("'on' ", "mfaConfiguration", "Member must satisfy enum value set: [OFF, ON, OPTIONAL]"),
    ),
    "a number that is too small": (
        "ListUserPools", {"MaxResults": 0},
        value("'0' ", "maxResults", "Member must have value greater than or equal to 1"),
    ),
    "a number that is too large": (
        "ListUserPools", {"MaxResults": 61},
        value("'61' ", "maxResults", "Member must have value less than or equal to 60"),
    ),
    "a null member": (
        "AdminGetUser", {"UserPoolId": None, "Username": "a"}, value("null ", "userPoolId", "Member must not be null"),
    ),
    "a member of a structure": (
        "CreateUserPool", {**POOL, "Policies": {"PasswordPolicy": {"MinimumLength": 5}}},
        value("'5' ", "policies.passwordPolicy.minimumLength", "Member must have value greater than or equal to 6"),
    ),
    "a required member of a structure": (
        "CreateUserPool", {**POOL, "UsernameConfiguration": {}},
        value("null ", "usernameConfiguration.caseSensitive", "Member must not be null"),
    ),
    "a member of a structure in a list": (
        "SignUp", {**SIGN_UP, "UserAttributes": [{"Name": "email"}, {"Name": "x" * 33}]},
        value(f"'{'x' * 33}' ", "userAttributes.2.member.name", longest(32)),
    ),
    "a required member of a structure in a list": (
        "SignUp", {**SIGN_UP, "UserAttributes": [{"Value": "a"}]},
        value("null ", "userAttributes.1.member.name", "Member must not be null"),
    ),
    "a member of a structure in a map": (
        "SetIdentityPoolRoles", {**IDENTITY_POOL, "Roles": {}, "RoleMappings": {"google": {"Type": "x"}}},
        value("'x' ", "roleMappings.google.member.type", "Member must satisfy enum value set: [Token, Rules]"),
    ),
    "a list that is too long": (
        "CreateUserPool", {**POOL, "Schema": [{}] * 51},
        value(f"'[{', '.join(['SchemaAttributeType'] * 51)}]' ", "schema", longest(50)),
    ),
    "an empty list": (
        "AddCustomAttributes", {"UserPoolId": "r_a", "CustomAttributes": []},
        value("'[]' ", "customAttributes", shortest(1)),
    ),
    "an element of a list": (
        "AdminDeleteUserAttributes", {"UserPoolId": "r_a", "Username": "a", "UserAttributeNames": ["email", ""]},
        value(
            "'[email, ]' ", "userAttributeNames",
            f"Member must satisfy constraint: [{longest(32)}, {shortest(1)}, {pattern(NAME)}, Member must not be null]",
        ),
    ),
    "an element of an enumeration": (
        "CreateUserPool", {**POOL, "AliasAttributes": ["email", "nickname"]},
        value(
            "'[email, nickname]' ", "aliasAttributes",
            "Member must satisfy constraint: "
            "[Member must satisfy enum value set: [phone_number, email, preferred_username], Member must not be null]",
        ),
    ),
    "a null in a list": (
        "CreateManagedLoginBranding", {**BRANDING, "Assets": [None]},
        value("'[null]' ", "assets", "Member must satisfy constraint: [Member must not be null]"),
    ),
    "a value in a map": (
        "CreateUserPool", {**POOL, "UserPoolTags": {"team": "x" * 257}},
        value(
            f"'{{team={'x' * 257}}}' ", "userPoolTags",
            f"Map value must satisfy constraint: [{longest(256)}, {shortest(0)}]",
        ),
    ),
    "a key in a map": (
        "CreateUserPool", {**POOL, "UserPoolTags": {"": "blue", "a": ""}},
        value("'{=blue, a=}' ", "userPoolTags", f"Map keys must satisfy constraint: [{longest(128)}, {shortest(1)}]"),
    ),
    "a null in a map": (
        "SignUp", {**SIGN_UP, "ClientMetadata": {"a": None}},
        value("'{a=null}' ", "clientMetadata", "Map value must satisfy constraint: [Member must not be null]"),
    ),
    "a sensitive value in a map": (
        "GetId", {**IDENTITY_POOL, "Logins": {"google": ""}},
        value("", "logins", f"Map value must satisfy constraint: [{longest(50000)}, {shortest(1)}]"),
    ),
    "a map that is too large": (
        "GetId", {**IDENTITY_POOL, "Logins": {f"p{number}": "t" for number in range(11)}},
        value("", "logins", longest(10)),
    ),
    "a blob that is too large": (
        "SetUICustomization", {"UserPoolId": "r_a", "ImageFile": "AAAA" * 43692},
        value("'java.nio.HeapByteBuffer[pos=0 lim=131076 cap=131076]' ", "imageFile", longest(131072)),
    ),
    "an irregular name": (
        "CreateUserPoolClient", {"UserPoolId": "r_a", "ClientName": "c", "CallbackURLs": ["a b"]},
        value(
            "'[a b]' ", "callbackURLs",
            f"Member must satisfy constraint: [{longest(1024)}, {shortest(1)}, "
            f"{pattern(VISIBLE)}, Member must not be null]",
        ),
    ),
    "a name that begins with a run of capitals": (
        "SetUserMFAPreference", {"AccessToken": "a b"}, value("", "accessToken", pattern("[A-Za-z0-9-_=.]+")),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "request_", "item"), ONE.values(), ids=ONE)
def test_one_broken_limit(name, request_, item):
    """Each kind of limit, broken alone, is told with its place and, unless sensitive, its value."""
    service = next(service for service, operations in OPERATIONS.items() if name in operations)
    refusal = told(service, name, {**least(service, name), **request_})
    assert str(refusal) == broken(item)


def least(service, name):
    """A request with the required members alone."""
    shape = request_shape(OPERATIONS[service][name])
    return {member: full(shape.members[member]) for member in shape.required_members}


def test_all_broken_limits_are_told_together():
    """In the order of the model; of one member the pattern first, then the length, then the rest of the walk."""
    request = {
        "ClientId": "",
        "Username": None,
        "Password": "a b" + "x" * 254,
        "UserAttributes": [{"Name": ""}, {"Value": "x"}],
        "ValidationData": [{"Name": "a" * 33, "Value": "y" * 2049}],
    }
    assert str(told("cognito-idp", "SignUp", request)) == broken(
        value("", "clientId", pattern(r"[\w+]+")),
        value("", "clientId", shortest(1)),
        value("null ", "username", "Member must not be null"),
        value("", "password", pattern(r"[\S]+")),
        value("", "password", longest(256)),
        value("'' ", "userAttributes.1.member.name", pattern(NAME)),
        value("'' ", "userAttributes.1.member.name", shortest(1)),
        value("null ", "userAttributes.2.member.name", "Member must not be null"),
        value(f"'{'a' * 33}' ", "validationData.1.member.name", longest(32)),
        value("", "validationData.1.member.value", longest(2048)),
    )


@pytest.mark.parametrize(
    ("service", "name", "kind"),
    [
        ("cognito-idp", "SignUp", InvalidParameterException),
        ("cognito-identity", "GetId", ValidationException),
    ],
)
def test_each_service_has_its_refusal(service, name, kind):
    """User pools answer InvalidParameterException, identity pools ValidationException."""
    assert type(told(service, name, {})) is kind


@every_operation
def test_an_empty_request_lacks_exactly_what_is_required(operation):
    """Every required member is told as null, in the order of the model, and nothing else is."""
    shape = request_shape(operation)
    items = [
        value("null ", member[0].lower() + member[1:], "Member must not be null")
        for member in shape.members
        if member in shape.required_members
    ]
    refusal = told(operation.service, operation.name, {})
    assert (str(refusal) if refusal else "") == (broken(*items) if items else "")


@every_operation
def test_a_full_request_within_its_limits_passes(operation):
    """No limit refuses what the model allows."""
    assert told(operation.service, operation.name, full(request_shape(operation))) is None


def out_of_bounds(shape, path, found):
    """For every limit in a shape a change that breaks it: where, and the value to put there."""
    model = raw(shape)
    if shape.type_name == "structure" and not model.get("document"):
        for name, member in shape.members.items():
            out_of_bounds(member, (*path, name), found)
    elif shape.type_name == "list":
        out_of_bounds(shape.member, (*path, 0), found)
    elif shape.type_name == "string" and "max" in model:
        found.append((path, "x" * (model["max"] + 1)))
    elif shape.type_name == "string" and "enum" in model:
        found.append((path, "?"))
    elif shape.type_name in {"integer", "long"} and "max" in model and model["max"] < 2**31 - 1:
        found.append((path, model["max"] + 1))
    return found


@every_operation
def test_every_limit_of_a_request_is_looked_at(operation):
    """Wherever the model sets a maximum or an enumeration, one value beyond it is refused, and at its place."""
    shape = request_shape(operation)
    for path, wrong in out_of_bounds(shape, (), []):
        request = full(shape)
        holder = request
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = wrong
        wording = str(told(operation.service, operation.name, request))
        assert f"at '{path[0][0].lower()}{path[0][1:]}" in wording


def test_a_flood_of_broken_limits_is_counted_but_not_all_told():
    """A small request cannot earn a huge answer."""
    wording = str(told("cognito-idp", "SignUp", {**SIGN_UP, "UserAttributes": [{}] * 50_000}))
    assert wording.startswith("50000 validation errors detected: Value null at 'userAttributes.1.member.name'")
    assert wording.count("; ") == 99
    assert len(wording) < 20_000
