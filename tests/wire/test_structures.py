"""Structures: the model's names on the wire, no secrets in their text, times to the millisecond."""

import json

import msgspec
import pytest

from cognomen.http import strict_json
from cognomen.wire import idp
from modelled import MODELS, OPERATIONS, answer_shape, every_operation, full, raw, request_shape


def structures(shape, found):
    """Every structure that a shape is made of, by name."""
    if shape is None or shape.name in found or raw(shape).get("document"):
        return found
    if shape.type_name == "structure":
        found[shape.name] = shape
        for member in shape.members.values():
            structures(member, found)
    for part in ("member", "key", "value"):
        if hasattr(shape, part):
            structures(getattr(shape, part), found)
    return found


@every_operation
def test_members_are_the_models(operation):
    """Every structure of a request or an answer has the model's members, by their wire names, required as there."""
    module = __import__(operation.input.__module__, fromlist=["OPERATIONS"])
    for shape in structures(answer_shape(operation), structures(request_shape(operation), {})).values():
        fields = msgspec.structs.fields(getattr(module, shape.name))
        assert [field.encode_name for field in fields] == list(shape.members)
        assert {field.encode_name for field in fields if field.required} == set(shape.required_members)


@every_operation
def test_a_full_request_and_a_full_answer_survive_the_round_trip(operation):
    """What stands in JSON is the same after it was read and written."""
    request = full(request_shape(operation))
    assert json.loads(strict_json.encode(strict_json.decode(operation, json.dumps(request).encode()))) == request
    if operation.output is not None:
        answer = full(answer_shape(operation))
        read = msgspec.json.decode(json.dumps(answer).encode(), type=operation.output)
        assert json.loads(strict_json.encode(read)) == answer


SECRET = "Sesame-9f3"
SECRETS = {
    "AccessToken", "AuthParameters", "ChallengeParameters", "ChallengeResponses", "ClientSecret",
    "Code", "ConfirmationCode", "Credential", "CredentialCreationOptions", "EncodedData", "FeedbackToken",
    "IdToken", "Logins", "Password", "PasswordVerifier", "PreSignedUrl",
    "PreviousPassword", "ProposedPassword", "ProviderDetails", "RefreshToken", "Salt", "SecretCode", "SecretHash",
    "SecretKey", "Session", "SessionToken", "TemporaryPassword", "Token", "UserCode", "headerValue",
}  # fmt: skip


def test_every_secret_is_of_the_model():
    """The list of secrets names what exists, in either service."""
    named = set()
    for operations in OPERATIONS.values():
        for operation in operations.values():
            for shape in structures(answer_shape(operation), structures(request_shape(operation), {})).values():
                named |= set(shape.members)
    assert named >= SECRETS


def planted(shape, *, hidden=False):
    """A full value in which every secret is SECRET, and in user attributes every value."""
    if raw(shape).get("document"):
        return {"any": SECRET} if hidden else {}
    if shape.type_name == "structure":
        secret = {"Value"} if shape.name == "AttributeType" else SECRETS
        return {name: planted(part, hidden=hidden or name in secret) for name, part in shape.members.items()}
    if shape.type_name == "list":
        return [planted(shape.member)]
    if shape.type_name == "map":
        return {"key": planted(shape.value, hidden=hidden)}
    return SECRET if hidden and shape.type_name == "string" and not raw(shape).get("enum") else full(shape)


@every_operation
def test_a_secret_does_not_print_itself(operation):
    """No request and no answer shows a secret in its text, at any depth; the rest is readable."""
    shapes = [(request_shape(operation), operation.input), (answer_shape(operation), operation.output)]
    for shape, kind in shapes:
        if kind is not None:
            value = msgspec.json.decode(json.dumps(planted(shape)).encode(), type=kind)
            assert SECRET not in repr(value)
            assert repr(value).startswith(f"{kind.__name__}(")


def test_a_draft_does_not_print_secrets_either():
    """A request that lacks required members is masked like a whole one."""
    draft = strict_json.decode(idp.OPERATIONS["SignUp"], b'{"Password": "%s"}' % SECRET.encode())
    assert repr(draft).startswith("SignUpRequest(client_id=None,")
    assert SECRET not in repr(draft)


def test_what_the_model_marks_is_masked():
    """Every member whose shape the model marks as sensitive, alone, in a list or in a map, is masked."""
    module = idp
    for operation in idp.OPERATIONS.values():
        for shape in structures(answer_shape(operation), structures(request_shape(operation), {})).values():
            for field in msgspec.structs.fields(getattr(module, shape.name)):
                member = shape.members[field.encode_name]
                marked = raw(member).get("sensitive") or raw(shape).get("sensitive")
                if member.type_name == "list":
                    marked = marked or raw(member.member).get("sensitive")
                if member.type_name == "map":
                    marked = marked or raw(member.value).get("sensitive")
                assert not marked or field.name in getattr(module, shape.name).sensitive


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (1548099495.428, b"1548099495.428"),
        (1548099495.42849, b"1548099495.428"),
        (1548099495.4286, b"1548099495.429"),
        (1548099495.0, b"1548099495.0"),
        (1548099495, b"1548099495.0"),
    ],
)
def test_times_are_written_in_seconds_with_milliseconds(seconds, written):
    """A time is a JSON number of seconds since 1970 with at most three decimals, one at least."""
    answer = idp.AdminGetUserResponse(username="ann", user_create_date=seconds)
    assert strict_json.encode(answer) == b'{"Username":"ann","UserCreateDate":' + written + b"}"


def test_every_time_in_the_model_is_kept_to_the_millisecond():
    """No structure with a timestamp is forgotten."""
    for operation in idp.OPERATIONS.values():
        for shape in structures(answer_shape(operation), {}).values():
            times = [name for name, part in shape.members.items() if part.type_name == "timestamp"]
            kind = getattr(idp, shape.name)
            named = {field.name: field.encode_name for field in msgspec.structs.fields(kind)}
            assert [named[name] for name in getattr(kind, "timestamps", ())] == times
    assert MODELS["cognito-idp"].shape_for("DateType").type_name == "timestamp"


def test_structures_cannot_be_changed():
    """A request is the same to all that see it."""
    request = idp.AdminGetUserRequest(user_pool_id="r_a", username="ann")
    with pytest.raises(AttributeError):
        request.username = "bob"
