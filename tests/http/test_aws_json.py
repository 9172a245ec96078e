"""AWS JSON 1.1: heads, bodies and refusals as AWS's services send them."""

import io
import json
import re
from dataclasses import replace

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from asgi import HOST, JSON, Browser
from cognomen.http.app import Options, make_app
from cognomen.http.aws_json import OPERATIONS
from cognomen.http.log_lines import make_logger
from cognomen.http.sigv4 import AnyWellFormedSignature, VerifiedSignatures
from cognomen.storage.directory import Directory
from cognomen.storage.line import Line
from cognomen.wire import identity, idp
from known_keys import KnownKeys

pytestmark = pytest.mark.anyio
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SIGN_UP = b'{"ClientId": "nobody", "Username": "ana", "Password": "x"}'
EXPOSED = "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"


def test_both_services_are_served_by_their_own_prefix():
    """Every modelled operation has a target, and one name in both services means two operations."""
    assert len(OPERATIONS) == len(idp.OPERATIONS) + len(identity.OPERATIONS) == 164
    both = [
        OPERATIONS[f"{p}.TagResource".encode()]
        for p in ("AWSCognitoIdentityProviderService", "AWSCognitoIdentityService")
    ]
    assert [operation.service for operation in both] == ["cognito-idp", "cognito-identity"]


async def test_an_answer_has_the_heads_of_aws(browser):
    """Content type, request id and the cross-origin headers, as recorded."""
    reply = await browser.signed("ListUserPools", b'{"MaxResults": 1}')
    assert (reply.status, reply.json) == (200, {"UserPools": []})
    assert reply.headers["content-type"] == "application/x-amz-json-1.1"
    assert UUID.fullmatch(reply.headers["x-amzn-requestid"])
    assert reply.headers["access-control-allow-origin"] == "*"
    assert reply.headers["access-control-expose-headers"] == EXPOSED
    assert reply.headers["content-length"] == str(len(reply.body))


async def test_a_refusal_names_itself_in_body_and_head(browser):
    """The type has a colon at its end in the head and none in the body."""
    reply = await browser.call("SignUp", SIGN_UP)
    wording = "User pool client nobody does not exist."
    assert reply.status == 400
    assert reply.json == {"__type": "ResourceNotFoundException", "message": wording}
    assert reply.headers["x-amzn-errortype"] == "ResourceNotFoundException:"
    assert reply.headers["x-amzn-errormessage"] == wording
    assert reply.headers["content-type"] == "application/x-amz-json-1.1"


@pytest.mark.parametrize("target", ["Nope", "", "SignUp", "AWSCognitoIdentityService.SignUp", "A.B,A.B", "x" * 9000])
async def test_an_unknown_target_is_refused_without_a_word(browser, target):
    """AWS sends only the type."""
    reply = await browser.call("SignUp", X_Amz_Target=target)
    assert (reply.status, reply.json) == (400, {"__type": "UnknownOperationException"})
    assert "x-amzn-errormessage" not in reply.headers


async def test_a_missing_target_is_an_unknown_operation(browser):
    """There is no operation without a name."""
    assert (await browser.call("SignUp", X_Amz_Target=None)).type == "UnknownOperationException"


@pytest.mark.parametrize("content_type", [None, "", "text/plain", "application/json", "application/x-amz-json-2.0"])
async def test_another_content_type_speaks_to_no_operation(browser, content_type):
    """AWS's front end knows JSON 1.1 by its name, and what it does not know is an unknown operation."""
    reply = await browser.call("SignUp", Content_Type=content_type)
    assert (reply.status, reply.json) == (400, {"__type": "UnknownOperationException"})


@pytest.mark.parametrize(
    "content_type",
    ["application/x-amz-json-1.0", "application/x-amz-json-1.1; charset=utf-8", "Application/X-Amz-Json-1.1 ;x=y"],
)
async def test_versions_and_parameters_of_the_content_type_do_not_matter(browser, content_type):
    """Clients write the type in different ways."""
    assert (await browser.call("GetUser", Content_Type=content_type)).type == "InvalidParameterException"


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"PoolName": 1}', b"\xff", b""])
async def test_nobody_learns_of_the_body_before_having_signed(browser, body):
    """An operation for signed callers looks at the signature first, whatever the body is."""
    assert (await browser.call("CreateUserPool", body)).type == "MissingAuthenticationTokenException"
    assert (await browser.call("CreateUserPool", body, Authorization="Basic x")).type == "IncompleteSignatureException"


async def test_an_unsigned_operation_does_not_mind_a_signature(browser):
    """Some clients sign everything; the header means nothing where no signature is asked for."""
    assert (await browser.call("GetUser", Authorization="Bearer nonsense")).type == "InvalidParameterException"


async def test_an_operation_for_both_kinds_of_callers_believes_no_broken_signature(browser):
    """Whoever sends an Authorization header must mean it."""
    body = b'{"ClientId": "nobody"}'
    assert (await browser.call("GetClientToken", body, Authorization="Basic x")).type == "IncompleteSignatureException"
    assert (await browser.call("GetClientToken", body)).type != "MissingAuthenticationTokenException"


async def test_the_region_comes_from_the_signature(browser):
    """A pool is made in the region that the caller signed for."""
    reply = await browser.signed("CreateUserPool", b'{"PoolName": "p"}')
    assert reply.json["UserPool"]["Id"].startswith("eu-west-1_")


async def test_an_operation_without_an_output_answers_no_bytes(browser):
    """AWS sends a zero-length body there, with the usual content type."""
    made = await browser.signed("CreateUserPool", b'{"PoolName": "p"}')
    pool_id = made.json["UserPool"]["Id"]
    reply = await browser.signed("DeleteUserPool", json.dumps({"UserPoolId": pool_id}).encode())
    assert (reply.status, reply.body, reply.headers["content-length"]) == (200, b"", "0")
    assert reply.headers["content-type"] == "application/x-amz-json-1.1"


@pytest.mark.parametrize(
    ("pool_id", "in_head"),
    [("no pool", True), ("n\u00e9", False), ("a\r\nset-cookie: b", False), ("\u2028", False), ("x" * 5000, True)],
    ids=["plain", "latin", "line break", "line separator", "long"],
)
async def test_a_head_holds_only_what_a_head_can_hold(browser, pool_id, in_head):
    """What is not printable ASCII stands in the body alone, so that nothing can split the head; long texts are cut."""
    reply = await browser.signed("DescribeUserPool", json.dumps({"UserPoolId": pool_id}).encode())
    assert reply.type == "InvalidParameterException"
    assert f"Value '{pool_id}' at 'userPoolId'" in reply.json["message"]
    head = reply.headers.get("x-amzn-errormessage")
    assert head == (reply.json["message"][:1024] if in_head else None)


class Broken:
    """A store that fails in a way that nobody foresaw."""

    line = Line()

    async def read(self, work):
        raise ZeroDivisionError("secret detail")

    write = read


def failing(application, log):
    """The same application, on a store that fails."""
    world = replace(application.world, database=Broken())
    world = replace(world, directory=Directory(world.database, lambda _id, _sealed: "", world.now_ms))
    return make_app(world, AnyWellFormedSignature("123456789012"), Options(make_logger("info", "json", log)))


async def test_what_nobody_foresaw_is_an_internal_error_that_tells_nothing(application):
    """The caller gets 500 and the request id; the stack goes to the log, under the same id."""
    log = io.StringIO()
    reply = await Browser(failing(application, log)).call("SignUp", SIGN_UP)
    request_id = reply.headers["x-amzn-requestid"]
    assert (reply.status, reply.type) == (500, "InternalErrorException")
    assert reply.json["message"] == f"Request id: {request_id}"
    assert reply.headers["x-amzn-errortype"] == "InternalErrorException:"
    entry = next(json.loads(line) for line in log.getvalue().splitlines() if "exception" in line)
    assert (entry["level"], entry["operation"], entry["request_id"]) == ("error", "SignUp", request_id)
    assert "ZeroDivisionError: secret detail" in entry["exception"]


def by_botocore(secret: str, body: bytes) -> dict[str, str]:
    """The headers of a call that botocore signed."""
    target = "AWSCognitoIdentityProviderService.ListUserPools"
    request = AWSRequest("POST", f"http://{HOST}/", data=body, headers={"X-Amz-Target": target, "Content-Type": JSON})
    SigV4Auth(Credentials("AKIDEXAMPLE", secret), "cognito-idp", "eu-west-1").add_auth(request)
    return dict(request.prepare().headers.items())


async def test_a_server_that_verifies_believes_the_right_secret_alone(application):
    """The signature covers the body as it came, and is checked before anybody reads it."""
    signatures = VerifiedSignatures(KnownKeys({"AKIDEXAMPLE": "right"}), "123456789012", application.world.now_ms)
    options = Options(make_logger("error", "json", io.StringIO()))
    browser = Browser(make_app(application.world, signatures, options))
    body = b'{"MaxResults": 1}'
    answers = {
        "right": await browser.send("POST", "/", by_botocore("right", body), [body]),
        "wrong": await browser.send("POST", "/", by_botocore("wrong", body), [body]),
        "changed": await browser.send("POST", "/", by_botocore("right", body), [b"not even JSON"]),
    }
    assert answers.pop("right").json == {"UserPools": []}
    assert {name: reply.type for name, reply in answers.items()} == dict.fromkeys(answers, "InvalidSignatureException")
