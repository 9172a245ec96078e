"""Whatever is sent to the API, it answers 400 with a type, and never fails."""

import json

import pytest

from asgi import Browser
from cognomen.http.aws_json import OPERATIONS
from cognomen.http.incoming import MIB

pytestmark = pytest.mark.anyio


def nested(start: bytes, end: bytes, depth: int) -> bytes:
    return b'{"ClientMetadata": ' + start * depth + end * depth + b"}"


BODIES = {
    "not JSON": b"{",
    "two documents": b"{}{}",
    "trailing comma": b'{"ClientId": "a",}',
    "a comment": b"{/* */}",
    "single quotes": b"{'ClientId': 'a'}",
    "a list": b"[]",
    "a string": b'"{}"',
    "a number": b"1",
    "null": b"null",
    "only spaces": b"  \n",
    "a depth bomb of lists": nested(b"[", b"]", 100_000),
    "a depth bomb of objects": nested(b'{"a":', b"}", 100_000).replace(b'"a":}', b'"a":1}', 1),
    "an unclosed depth bomb": b"[" * 1_000_000,
    "65 levels": nested(b"[", b"]", 65),
    "NaN": b'{"ClientId": NaN}',
    "Infinity": b'{"ClientId": -Infinity}',
    "a number beyond floats": b'{"X": 1e400}',
    "a number of 5000 digits": b'{"X": ' + b"9" * 5000 + b"}",
    "invalid UTF-8": b'{"ClientId": "\xff\xfe"}',
    "overlong UTF-8": b'{"ClientId": "\xc0\xaf"}',
    "a surrogate in UTF-8": b'{"ClientId": "\xed\xa0\x80"}',
    "UTF-16": '{"ClientId": "a"}'.encode("utf-16"),
    "UTF-32": '{"ClientId": "a"}'.encode("utf-32"),
    "a byte order mark": b'\xef\xbb\xbf{"ClientId": "a"}',
    "a lone surrogate": rb'{"ClientId": "\ud800"}',
    "a lone surrogate as a name": rb'{"\udc00": 1}',
    "surrogates in the wrong order": rb'{"ClientId": "\udc00\ud800"}',
    "a duplicate member": b'{"ClientId": "a", "ClientId": "b"}',
    "a duplicate member, escaped": rb'{"ClientId": "a", "\u0043lientId": "b"}',
    "a duplicate member inside": b'{"ClientMetadata": {"a": "1", "a": "2"}}',
    "a raw control character": b'{"ClientId": "a\x00"}',
    "NUL": rb'{"ClientId": "a\u0000", "Username": "b\u0000", "Password": "\u0000"}',
    "a wrong type": b'{"ClientId": 1}',
    "a structure for a string": b'{"ClientId": {"a": "b"}}',
    "a string for a list": b'{"UserAttributes": "x", "ClientId": "a"}',
    "nulls": b'{"ClientId": null, "Username": null, "Password": null, "AccessToken": null, "AuthFlow": null}',
    "a null element": b'{"UserAttributes": [null]}',
    "a null value": b'{"AuthParameters": {"USERNAME": null}, "ClientId": "a", "AuthFlow": "USER_PASSWORD_AUTH"}',
    "over the limit": b'{"ClientId": "' + b"a" * MIB + b'"}',
    "over the limit and no JSON": b"x" * (MIB + 1),
}
# What gets through the codec where a null in AuthParameters is no value, and where the operation is not built.
PASSES = {
    "InitiateAuth": {"ResourceNotFoundException"},
    "AWSCognitoIdentityService.GetId": {"ResourceNotFoundException", "UnknownOperationException"},
}
UNSIGNED = ("SignUp", "InitiateAuth", "GetUser", "ConfirmSignUp", "AWSCognitoIdentityService.GetId")


@pytest.mark.parametrize("operation", UNSIGNED)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_a_bad_body_is_refused(browser, operation, body):
    """HTTP-02: Malformed, ambiguous, deep or oversized: 400, a type, an AWS JSON body, the same in the head."""
    reply = await browser.call(operation, body)
    assert reply.status == 400
    assert reply.type in {"SerializationException", "InvalidParameterException", "ValidationException"} | PASSES.get(
        operation, set()
    )
    assert reply.headers["x-amzn-errortype"] == f"{reply.type}:"


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_a_bad_body_is_refused_to_signed_callers_too(browser, body):
    """Whoever signed gets no further."""
    assert (await browser.signed("CreateUserPool", body)).status == 400


@pytest.mark.parametrize("target", [target.decode() for target in OPERATIONS])
async def test_no_operation_fails_on_an_empty_or_a_hostile_request(browser, target):
    """All operations of both services, with nothing, and with text where structures are expected."""
    hostile = json.dumps(dict.fromkeys(("UserPoolId", "ClientId", "Username", "AccessToken", "Limit"), "\u0000'\"<&"))
    for body in (b"", b"{}", hostile.encode()):
        for reply in (await browser.call(target, body), await browser.signed(target, body)):
            assert reply.status in {200, 400}
            assert reply.status == 200 or reply.headers["x-amzn-errortype"] == f"{reply.type}:"


HEADERS = {
    "no host": {"Host": ""},
    "no content length": {"Content-Length": None},
    "an absurd content length": {"Content-Length": "9" * 40},
    "a negative content length": {"Content-Length": "-1"},
    "a content length in letters": {"Content-Length": "one"},
    "a latin target": {"X-Amz-Target": "\u00e9"},
    "a long target": {"X-Amz-Target": "A" * 100_000},
    "a latin content type": {"Content-Type": "\u00ff"},
    "a latin signature": {"Authorization": "\u00e9" * 100},
    "a long signature": {"Authorization": "AWS4-HMAC-SHA256 " + "a=b," * 20_000},
    "an empty signature": {"Authorization": ""},
    "a compressed body": {"Content-Encoding": "gzip"},
}


@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS)
@pytest.mark.parametrize("operation", ["SignUp", "CreateUserPool"])
async def test_a_bad_head_is_refused(browser, operation, headers):
    """Nothing in a head makes the server fail."""
    reply = await browser.call(operation, b"{}", **headers)
    assert (reply.status, reply.headers["x-amzn-errortype"]) == (400, f"{reply.type}:")


async def test_a_declared_length_over_the_limit_is_refused_unread(browser):
    """HTTP-01: The answer comes before the body, and the connection ends: nobody wants the rest."""
    head = {"X-Amz-Target": "AWSCognitoIdentityProviderService.SignUp", "Content-Type": "application/x-amz-json-1.1"}
    reply = await browser.send("POST", "/", {**head, "Content-Length": str(MIB + 1)}, [b"{", b"}"])
    assert (reply.status, reply.type, browser.taken) == (400, "SerializationException", 0)
    assert reply.json["message"] == "The request body is longer than 1048576 bytes"
    assert reply.headers["connection"] == "close"


async def test_reading_stops_where_the_limit_is(browser):
    """HTTP-01: A body without a declared length is read no further than it may be long."""
    head = {"X-Amz-Target": "AWSCognitoIdentityProviderService.SignUp", "Content-Type": "application/x-amz-json-1.1"}
    reply = await browser.send("POST", "/", head, [b"x" * 65_536] * 100)
    assert (reply.status, reply.type, browser.taken) == (400, "SerializationException", 17)
    assert reply.headers["connection"] == "close"


async def test_a_body_in_pieces_is_one_body(browser):
    """Where a body is cut on the way does not matter, not even within a character."""
    head = {"X-Amz-Target": "AWSCognitoIdentityProviderService.SignUp", "Content-Type": "application/x-amz-json-1.1"}
    body = '{"ClientId": "nobody", "Username": "анна", "Password": "x"}'.encode()
    reply = await browser.send("POST", "/", head, [bytes([byte]) for byte in body])
    assert reply.json["message"] == "User pool client nobody does not exist."


async def test_style_documents_may_be_longer(browser):
    """The model documents two megabytes for the operations that carry images."""
    body = b'{"Padding": "' + b"a" * (2 * MIB - 20) + b'"}'
    assert (await browser.signed("CreateManagedLoginBranding", body)).type == "InvalidParameterException"
    assert (await browser.signed("CreateManagedLoginBranding", body + b" " * 20)).type == "SerializationException"
    assert (await browser.signed("CreateUserPool", body)).type == "SerializationException"


async def test_the_limit_is_a_setting(build):
    """Whoever runs the server can let longer bodies in."""
    browser = Browser((await build(**{"limits.body_bytes": "2000"})).app)
    assert (await browser.call("SignUp", b"{}" + b" " * 1999)).type == "SerializationException"
    assert (await browser.call("SignUp", b"{}" + b" " * 1998)).type == "InvalidParameterException"


async def test_nobody_is_answered_who_is_gone(application):
    """A client that hangs up in the middle of its body gets no answer, and the server does not fail."""
    sent = []

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    head = [
        (b"x-amz-target", b"AWSCognitoIdentityProviderService.SignUp"),
        (b"content-type", b"application/x-amz-json-1.1"),
    ]
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": head, "client": None}
    await application.app(scope, receive, send)
    assert sent == []
