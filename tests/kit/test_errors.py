"""Errors keep AWS's names, say what support needs, and give people a sentence that betrays nothing."""

import pickle

import pytest
from botocore.loaders import Loader

from cognomen_kit import AsyncCognito, CognitoError, CognitoUnavailable, errors
from kit.conftest import CLIENT_ID
from kit.fake_cognito import REQUEST_ID, Answer, FakeCognito, refusal

pytestmark = pytest.mark.anyio

MODEL = Loader().load_service_model("cognito-idp", "service-2")
MODELLED = sorted(name for name, shape in MODEL["shapes"].items() if shape.get("exception"))


def test_every_modelled_exception_has_its_class() -> None:
    """The classes are exactly the modelled exceptions of the service: none is missing, none is invented."""
    assert sorted(errors.BY_CODE) == MODELLED


@pytest.mark.parametrize("name", MODELLED)
def test_each_has_a_sentence_for_people(name: str) -> None:
    """Every class has a whole sentence of its own that repeats nothing of AWS's message."""
    error = errors.refusal(name, "internal detail 4711", errors.Circumstances(400, "id", "SignUp"))
    assert type(error).__name__ == error.code == name
    assert error.safe_message.endswith(".")
    assert "4711" not in error.safe_message


async def test_what_an_error_knows(client: AsyncCognito, fake: FakeCognito) -> None:
    """Code, message, HTTP status, request id and operation are there for logs and support."""
    fake.answers("SignUp", refusal("UsernameExistsException", "User already exists"))
    with pytest.raises(errors.UsernameExistsException) as caught:
        await client.sign_up("karla", "Pass-Word-1")
    error = caught.value
    assert (error.code, error.message, error.status) == ("UsernameExistsException", "User already exists", 400)
    assert (error.request_id, error.operation) == (REQUEST_ID, "SignUp")
    assert str(error) == "SignUp: UsernameExistsException: User already exists"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(400, {"__type": "com.amazonaws.cognito#ExpiredCodeException", "message": "m"}), "ExpiredCodeException"),
        (Answer(400, {"__type": "ExpiredCodeException:http://x/", "Message": "m"}), "ExpiredCodeException"),
        (Answer(400, {"message": "m"}, headers={"x-amzn-errortype": "ExpiredCodeException:"}), "ExpiredCodeException"),
        (Answer(400, {"__type": "BrandNewException", "message": "m"}), "BrandNewException"),
        (Answer(400, {"__type": "UnrecognizedClientException", "message": "m"}), "UnrecognizedClientException"),
    ],
)
async def test_codes_in_all_spellings(client: AsyncCognito, fake: FakeCognito, answer: Answer, code: str) -> None:
    """The code is found wherever AWS puts it; one that nobody knows is a plain CognitoError with that code."""
    fake.answers("SignUp", answer)
    with pytest.raises(CognitoError) as caught:
        await client.sign_up("karla", "Pass-Word-1")
    assert (caught.value.code, caught.value.message) == (code, "m")
    assert type(caught.value) is errors.BY_CODE.get(code, CognitoError)


async def test_reason_code(client: AsyncCognito, fake: FakeCognito) -> None:
    """InvalidParameterException hands on AWS's machine-readable reason."""
    fake.answers("SignUp", refusal("InvalidParameterException", "no", reasonCode="USERNAME_FORMAT"))
    with pytest.raises(errors.InvalidParameterException) as caught:
        await client.sign_up("karla", "Pass-Word-1")
    assert caught.value.reason_code == "USERNAME_FORMAT"


@pytest.mark.parametrize(
    "message",
    [
        f"Unable to verify secret hash for client {CLIENT_ID}",
        f"SecretHash does not match for the client: {CLIENT_ID}",
        f"Client {CLIENT_ID} is configured with secret but SECRET_HASH was not received",
    ],
)
async def test_secret_hash_refusals_name_the_username(client: AsyncCognito, fake: FakeCognito, message: str) -> None:
    """A refused SECRET_HASH says which username it was made with; people are not shown that."""
    fake.answers("InitiateAuth", refusal("NotAuthorizedException", message))
    with pytest.raises(
        errors.NotAuthorizedException, match=r"SECRET_HASH was made with username 'karla@x\.example'"
    ) as caught:
        await client.sign_in("karla@x.example", "Pass-Word-1", flow="USER_PASSWORD_AUTH")
    assert caught.value.hashed_username == "karla@x.example"
    assert caught.value.message == message
    assert "karla" not in caught.value.safe_message


async def test_other_refusals_do_not_name_the_username(client: AsyncCognito, fake: FakeCognito) -> None:
    """A wrong password writes no username into logs."""
    fake.answers("InitiateAuth", refusal("NotAuthorizedException", "Incorrect username or password."))
    with pytest.raises(errors.NotAuthorizedException) as caught:
        await client.sign_in("karla@x.example", "Pass-Word-1", flow="USER_PASSWORD_AUTH")
    assert "karla" not in str(caught.value)


def test_nobody_learns_whether_an_account_exists() -> None:
    """A wrong password and an unknown user read the same."""
    at = errors.Circumstances(400, "id", "InitiateAuth")
    wrong = errors.refusal("NotAuthorizedException", "Incorrect username or password.", at)
    unknown = errors.refusal("UserNotFoundException", "User does not exist.", at)
    assert wrong.safe_message == unknown.safe_message


@pytest.mark.parametrize(
    ("message", "safe"),
    [
        ("Password did not conform with policy: Password not long enough", "Password not long enough."),
        (
            "Password did not conform with password policy: Password must have symbol characters",
            "Password must have symbol characters.",
        ),
        ("Password did not conform with policy: <script>", "This password does not meet the rules."),
        ("something else", "This password does not meet the rules."),
    ],
)
def test_password_rules_may_be_shown(message: str, safe: str) -> None:
    """The broken rule is shown in AWS's words, but only if it is one of AWS's rules."""
    assert errors.InvalidPasswordException(message).safe_message == safe


@pytest.mark.parametrize(
    ("operation", "message", "safe"),
    [
        ("InitiateAuth", "Incorrect username or password.", errors.WRONG_CREDENTIALS),
        ("InitiateAuth", "User is disabled.", errors.WRONG_CREDENTIALS),
        ("InitiateAuth", "Refresh Token has been revoked", errors.SIGN_IN_AGAIN),
        ("RespondToAuthChallenge", "Invalid session for the user, session is expired.", errors.SIGN_IN_AGAIN),
        ("GetUser", "Access Token has expired", errors.SIGN_IN_AGAIN),
        ("SignUp", "SignUp is not permitted for this user pool", errors.NOT_POSSIBLE),
        ("ConfirmSignUp", "User cannot be confirmed. Current status is CONFIRMED", errors.NOT_POSSIBLE),
    ],
)
def test_what_not_authorized_means_to_a_person(operation: str, message: str, safe: str) -> None:
    """NotAuthorizedException covers much: wrong passwords, tokens that are over, things nobody may do."""
    error = errors.refusal("NotAuthorizedException", message, errors.Circumstances(400, "id", operation))
    assert error.safe_message == safe


def test_errors_survive_a_process_border() -> None:
    """Errors can be pickled, as task queues do, and keep all they know."""
    error = errors.refusal("CodeMismatchException", "no", errors.Circumstances(400, "id", "ConfirmSignUp", "karla"))
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), copy.message, copy.code, copy.at) == (type(error), error.message, error.code, error.at)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, raw=b"<html>a proxy's page</html>"),
        Answer(200, raw=b"[]"),
        Answer(200, raw=b"\xff\xfe"),
        Answer(200, raw=b"[" * 20_000),
        Answer(200, {"UserSub": "without UserConfirmed"}),
        Answer(200, {"UserConfirmed": "yes", "UserSub": "x"}),
        Answer(200, {"UserConfirmed": True, "UserSub": "x", "CodeDeliveryDetails": ["not an object"]}),
        Answer(302, raw=b"", headers={"location": "http://127.0.0.1:1/"}),
        Answer(403, raw=b"blocked"),
        Answer(404, {"error": "no such page"}),
    ],
)
async def test_something_else_answered(client: AsyncCognito, fake: FakeCognito, answer: Answer) -> None:
    """What is not an answer of the service is CognitoUnavailable, never a crash, never a wrong success."""
    fake.answers("SignUp", answer)
    with pytest.raises(CognitoUnavailable):
        await client.sign_up("karla", "Pass-Word-1")
    assert fake.operations() == ["SignUp"]
