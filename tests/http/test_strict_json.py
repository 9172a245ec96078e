"""Bodies: what two readers could understand differently is refused; the rest is read as AWS reads it."""

import contextlib
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from cognomen.errors import Refusal, SerializationException
from cognomen.http import limits, strict_json
from cognomen.wire import idp
from cognomen.wire._base import WireStruct
from modelled import OPERATIONS, every_operation, full, raw, request_shape

SIGN_UP = idp.OPERATIONS["SignUp"]
BRANDING = idp.OPERATIONS["CreateManagedLoginBranding"]


def refusal(operation, body):
    """The wording with which a body is refused."""
    with pytest.raises(SerializationException) as refused:
        strict_json.decode(operation, body)
    return str(refused.value)


def lists(depth):
    return b"[" * depth + b"]" * depth


@pytest.mark.parametrize(
    ("body", "because"),
    [
        (b"{", "The body is not JSON: Expecting property name"),
        (b"ClientId=a", "The body is not JSON: Expecting value"),
        (b'{"ClientId":"a"} x', "The body is not JSON: Extra data"),
        (b'{"ClientId":"a",}', "The body is not JSON: "),
        (b"{'ClientId':'a'}", "The body is not JSON: Expecting property name"),
        (b'{"ClientId":"a\x01"}', "The body is not JSON: Invalid control character"),
        (b'{"Unknown":01}', "The body is not JSON: "),
        (b'{"Unknown":"\\x41"}', "The body is not JSON: "),
        (b" \n", "The body is not JSON: Expecting value"),
        (b'\xef\xbb\xbf{"ClientId":"a"}', "The body is not JSON: "),
        (b'{"Unknown":NaN}', "The body is not JSON: NaN is no number"),
        (b'{"Unknown":[-Infinity]}', "The body is not JSON: -Infinity is no number"),
        (b'{"ClientId":"\xff"}', "The body is not UTF-8"),
        (b'{"Unknown":"\xc3"}', "The body is not UTF-8"),
        (b'{"Unknown":"\xed\xa0\x80"}', "The body is not UTF-8"),
        ('{"ClientId":"a"}'.encode("utf-16"), "The body is not UTF-8"),
        (b'{"ClientId":"\\ud800"}', "The body holds half of a surrogate pair"),
        (b'{"Unknown":["\\uDC00x"]}', "The body holds half of a surrogate pair"),
        (b'{"\\udfff":1}', "The body holds half of a surrogate pair"),
        (b'{"ClientId":"a","ClientId":"a"}', "A member of an object stands there twice"),
        (b'{"ClientId":"a","Client\\u0049d":"b"}', "A member of an object stands there twice"),
        (b'{"UserContextData":{"IpAddress":"a","IpAddress":"a"}}', "A member of an object stands there twice"),
        (b'{"ClientMetadata":{"a":"b","a":"c"}}', "A member of an object stands there twice"),
        (b'{"Unknown":[{"a":{"b":1,"b":2}}]}', "A member of an object stands there twice"),
        (b'{"Unknown":9223372036854775808}', "A number is too large"),
        (b'{"Unknown":-9223372036854775809}', "A number is too large"),
        (b'{"Unknown":' + b"9" * 100_000 + b"}", "A number is too large"),
        (b'{"Unknown":1e999}', "A number is too large"),
        (b'{"Unknown":' + lists(64) + b"}", "The body is not JSON, or nested deeper than 64 levels"),
        (
            b'{"Unknown":[' + lists(63) + b"," + lists(1) + b"]}",
            "The body is not JSON, or nested deeper than 64 levels",
        ),
        (b'{"Unknown":' * 65 + b"1" + b"}" * 65, "The body is not JSON, or nested deeper than 64 levels"),
    ],
)
def test_what_is_not_json_in_the_strictest_sense_is_refused(body, because):
    """HTTP-02: Syntax, UTF-8, surrogates, repeated members, numbers and depth are checked everywhere, also where
    unknown.
    """
    assert refusal(SIGN_UP, body).startswith(because)


@pytest.mark.parametrize(
    ("operation", "member", "value", "wording"),
    [
        ("SignUp", "ClientId", 5, "NUMBER_VALUE can not be converted to a String"),
        ("SignUp", "ClientId", 5.5, "NUMBER_VALUE can not be converted to a String"),
        ("SignUp", "ClientId", True, "BOOLEAN_VALUE can not be converted to a String"),
        ("SignUp", "ClientId", ["a"], "Start of list found where not expected"),
        ("SignUp", "ClientId", {"a": "b"}, "Start of structure or map found where not expected."),
        ("SignUp", "SecretHash", 5, "NUMBER_VALUE can not be converted to a String"),
        ("SignUp", "ClientMetadata", "a", "Expected map or null"),
        ("SignUp", "ClientMetadata", ["a"], "Start of list found where not expected"),
        ("SignUp", "ClientMetadata", {"a": 1}, "NUMBER_VALUE can not be converted to a String"),
        ("SignUp", "UserAttributes", "a", "Expected list or null"),
        ("SignUp", "UserAttributes", {}, "Start of structure or map found where not expected."),
        ("SignUp", "UserAttributes", [{"Name": "a", "Value": True}], "BOOLEAN_VALUE can not be converted to a String"),
        ("SignUp", "UserAttributes", [1, 2], "Unexpected value type in payload"),
        ("SignUp", "UserContextData", "a", "Expected map or null"),
        ("ListUserPools", "MaxResults", "1", "STRING_VALUE can not be converted to an Integer"),
        ("ListUserPools", "MaxResults", 1.5, "NUMBER_VALUE can not be converted to an Integer"),
        ("ListUserPools", "MaxResults", True, "BOOLEAN_VALUE can not be converted to an Integer"),
        ("ListUserPools", "MaxResults", 2**31, "NUMBER_VALUE can not be converted to an Integer"),
        ("ConfirmSignUp", "ForceAliasCreation", "true", "STRING_VALUE can not be converted to a Boolean"),
        ("SetUICustomization", "ImageFile", "aGk", "STRING_VALUE can not be converted to a Blob"),
        ("SetUICustomization", "ImageFile", "a*==", "STRING_VALUE can not be converted to a Blob"),
        ("SetUICustomization", "ImageFile", 5, "NUMBER_VALUE can not be converted to a Blob"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_in_awss_words(operation, member, value, wording):
    """API-25: One form for each JSON type and each type of the model."""
    assert refusal(idp.OPERATIONS[operation], json.dumps({member: value}).encode()) == wording


@pytest.mark.parametrize(
    ("body", "wording"),
    [
        (b"[]", "Start of list found where not expected"),
        (b'"x"', "The body is not a JSON object"),
        (b"1", "The body is not a JSON object"),
        (b"null", "The body is not a JSON object"),
        (b"true", "The body is not a JSON object"),
    ],
)
def test_a_body_is_an_object(body, wording):
    """Other JSON is refused."""
    assert refusal(SIGN_UP, body) == wording


@pytest.mark.parametrize(
    ("body", "client_id"),
    [
        (b'{"ClientId":"a","Username":"b"}', "a"),
        (b' {"Username": "b", "ClientId" : "a" }\r\n', "a"),
        (b'{"Username":"b","ClientId":"a:{[\\"\\\\]}"}', 'a:{["\\]}'),
        (b'{"Username":"b","ClientId":"\\u0041\\ud83d\\ude00"}', "A\U0001f600"),
        ('{"Username":"b","ClientId":"é😀"}'.encode(), "é😀"),
        (b'{"Username":"b","ClientId":"\\\\ud800"}', "\\ud800"),
        (b'{"Username":"b","ClientId":"a","Unknown":' + lists(63) + b"}", "a"),
        (b'{"Username":"b","ClientId":"a","Unknown":[' + lists(62) + b"," + lists(62) + b"]}", "a"),
        (b'{"Username":"b","ClientId":"a","Unknown":[' + b"[]," * 1000 + b'"[[["]}', "a"),
        (b'{"Username":"b","ClientId":"a","Unknown":[9223372036854775807,-9223372036854775808,1e300]}', "a"),
        (b'{"Username":"b","ClientId":"a","clientId":"c","Password":null}', "a"),
        (
            b'{"Username":"b","ClientId":"a","Unknown":{"ClientId":"c"},"UserAttributes":[{"Name":"n"},{"Name":"n"}]}',
            "a",
        ),
    ],
)
def test_what_is_json_is_read(body, client_id):
    """Spaces, escapes, unknown members, nulls in optional members and brackets in strings do no harm."""
    request = strict_json.decode(SIGN_UP, body)
    assert type(request) is idp.SignUpRequest
    assert (request.client_id, request.username, request.password) == (client_id, "b", None)


def test_an_empty_body_is_an_empty_object():
    """An operation without required members can be called without a body."""
    lists_pools = OPERATIONS["cognito-idp"]["ListUserPools"]
    assert strict_json.decode(lists_pools, b"") == strict_json.decode(lists_pools, b"{}")


def test_a_document_is_kept_as_it_came():
    """Where the model takes any JSON, nulls, numbers and depth are the caller's."""
    document = {"a": [None, 1, 1.5, {"b": None, "c": "d"}], "e": 9223372036854775807}
    body = json.dumps({"UserPoolId": "r_a", "ClientId": "a", "Settings": document}).encode()
    assert strict_json.decode(BRANDING, body).settings == document


def test_a_blob_is_base64():
    """Bytes travel as base64 text, in both directions."""
    body = b'{"UserPoolId":"r_a","ImageFile":"aGk="}'
    request = strict_json.decode(idp.OPERATIONS["SetUICustomization"], body)
    assert request.image_file == b"hi"
    assert strict_json.encode(request) == body


def test_an_answer_has_no_nulls():
    """Members without a value are left out; empty ones are written."""
    answer = idp.InitiateAuthResponse(challenge_parameters={}, available_challenges=[])
    assert json.loads(strict_json.encode(answer)) == {"ChallengeParameters": {}, "AvailableChallenges": []}
    assert strict_json.encode(idp.ConfirmSignUpResponse()) == b"{}"


def test_an_operation_without_an_output_answers_no_bytes():
    """Not even an empty object (reference 01)."""
    assert strict_json.encode(None) == b""


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 1_000_000,
        b'{"a":' * 200_000,
        b'{"Unknown":[' + b"[]," * 300_000 + b"1]}",
        b'{"Unknown":' + b"[" * 65 + b'"' + b'\\"' * 500_000,
        b'{"Unknown":[' + b'"",' * 300_000 + b"[" * 70,
        b"[" * 65 + b"\\" * 1_000_000,
        b'"' * 1_000_000 + b"[" * 65,
        b"[" * 65 + b'"a\\' * 300_000,
        b'{"Unknown":"' + b"\\ud83d\\ude00" * 80_000 + b'"}',
        b'{"Unknown":[' + b"1e5," * 250_000 + b"1]}",
        b'{"Unknown":[' + b'{"a":1},' * 120_000 + b"{}]}",
    ],
)
def test_no_body_is_slow_to_refuse_or_read(body):
    """A megabyte of anything takes a tenth of a second; what went back and forth in it would take minutes."""
    start = time.thread_time()  # CPU of this thread alone: what else the machine does is not counted
    with contextlib.suppress(SerializationException):
        strict_json.decode(SIGN_UP, body)
    assert time.thread_time() - start < 5


# Fuzzing: whatever comes, a structure or a SerializationException

OPERATIONS_BY_NAME = [operation for operations in OPERATIONS.values() for operation in operations.values()]
anything = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(some.characters(exclude_categories=())),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def decoded(operation, body):
    """The request in a body; None where it is refused, and any other failure is one of the test."""
    try:
        request = strict_json.decode(operation, body)
    except SerializationException:
        return None
    assert isinstance(request, WireStruct)
    return request


@settings(max_examples=300)
@given(operation=some.sampled_from(OPERATIONS_BY_NAME), body=some.binary(max_size=200))
def test_no_bytes_break_the_decoder(operation, body):
    """Bytes are read or refused."""
    decoded(operation, body)


@settings(max_examples=300)
@given(document=anything)
def test_only_what_a_plain_reader_understands_as_well_is_read(document):
    """What is accepted is an object that Python's own reader and ours understand alike."""
    body = json.dumps({"UserPoolId": "r_a", "ClientId": "a", "Settings": document}).encode()
    request = decoded(BRANDING, body)
    if request is not None:
        assert request.settings == json.loads(body)["Settings"]
        json.dumps(request.settings, ensure_ascii=False).encode()


@settings(max_examples=400)
@given(data=some.data(), operation=some.sampled_from(OPERATIONS_BY_NAME))
def test_no_damage_to_a_good_body_breaks_the_decoder(data, operation):
    """A full request with bytes cut out, put in or swapped is read or refused."""
    body = bytearray(json.dumps(full(request_shape(operation))).encode())
    for _ in range(data.draw(some.integers(1, 4))):
        place = data.draw(some.integers(0, len(body)))
        cut = data.draw(some.integers(0, 6))
        put = data.draw(
            some.sampled_from([b"", b'"', b"{", b"}", b"[", b"]", b":", b",", b"\\", b"null", b"1", b"\\ud800"])
        )
        body[place : place + cut] = put
    decoded(operation, bytes(body))


def damaged(shape, draw):
    """A full value of a shape from which members are missing and in which nulls stand."""
    if draw(some.integers(0, 9)) == 0:
        return None
    if raw(shape).get("document"):
        return full(shape)
    if shape.type_name == "structure":
        kept = [name for name in shape.members if draw(some.integers(0, 3))]
        return {name: damaged(shape.members[name], draw) for name in kept}
    if shape.type_name == "list":
        return [damaged(shape.member, draw)]
    if shape.type_name == "map":
        return {full(shape.key): damaged(shape.value, draw)}
    return full(shape)


@settings(max_examples=400)
@given(data=some.data(), operation=some.sampled_from(OPERATIONS_BY_NAME))
def test_a_draft_never_passes_the_limits(data, operation):
    """A handler sees requests of its own type only: whatever lacks something required is refused by the limits."""
    value = damaged(request_shape(operation), data.draw) or {}
    request = strict_json.decode(operation, json.dumps(value).encode())
    try:
        limits.check(operation, request)
    except Refusal:
        return
    assert type(request) is operation.input


@every_operation
def test_every_request_type_can_be_read_whole_and_empty(operation):
    """The decoders of all operations, and of their drafts, can be made."""
    whole = strict_json.decode(operation, json.dumps(full(request_shape(operation))).encode())
    assert type(whole) is operation.input
    empty = strict_json.decode(operation, b"{}")
    assert type(empty).__name__ == operation.input.__name__


@pytest.mark.parametrize("name", strict_json.SPARSE)
def test_null_in_a_sparse_map_is_nothing(name):
    """As amazon-cognito-identity-js sends DEVICE_KEY; a null anywhere else, and other faults, stay what they are."""
    operation = idp.OPERATIONS["InitiateAuth" if name == "AuthParameters" else "RespondToAuthChallenge"]
    flow = {"AuthFlow": "REFRESH_TOKEN_AUTH"} if name == "AuthParameters" else {"ChallengeName": "SMS_MFA"}
    whole = {"ClientId": "a", **flow, name: {"REFRESH_TOKEN": "t", "DEVICE_KEY": None}}
    read = strict_json.decode(operation, json.dumps(whole).encode())
    limits.check(operation, read)
    assert getattr(read, "auth_parameters" if name == "AuthParameters" else "challenge_responses") == {
        "REFRESH_TOKEN": "t"
    }
    elsewhere = strict_json.decode(operation, json.dumps({**whole, "ClientMetadata": {"a": None}}).encode())
    with pytest.raises(Refusal, match="Map value must satisfy constraint"):
        limits.check(operation, elsewhere)
    assert refusal(operation, json.dumps({**whole, name: {"a": None, "b": 1}}).encode()) == (
        "NUMBER_VALUE can not be converted to a String"
    )
