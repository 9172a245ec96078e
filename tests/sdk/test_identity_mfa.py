"""Second factors and custom challenges with amazon-cognito-identity-js, unmodified: what is right and what is wrong."""

import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from authenticator import App, surely_apart
from conftest import PASSWORD, Pool, sdk_client
from sdk.identity_user import IdentityUser, identity_user
from sdk.nodejs import NEEDS_NODE
from second_factors import USED, guarded
from served import Served, serve

pytestmark = NEEDS_NODE
PHONES = map("+1555{:07}".format, count())
FLOWS = ["USER_SRP_AUTH", "USER_PASSWORD_AUTH"]
SIGNED_IN = ("onSuccess", [{"signedIn": "kim"}])
ARN = "arn:aws:lambda:us-east-1:000000000000:function:{}"
RIDDLES = {"DefineAuthChallenge": "define", "CreateAuthChallenge": "create", "VerifyAuthChallengeResponse": "verify"}
ON = {"Enabled": True, "PreferredMfa": True}


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    """Its clock is not moved: browsers compare tokens with their own."""
    with serve(triggers={ARN.format(name): f"python:triggers.handlers:{name}" for name in RIDDLES.values()}) as served:
        yield served


@pytest.fixture(scope="module")
def cognito(server: Served) -> Any:
    return sdk_client(server.url)


@pytest.fixture
def phone() -> str:
    """A number of this test's own."""
    return next(PHONES)


@pytest.fixture
def people(make_pool: Callable[..., Pool], phone: str) -> Callable[..., Pool]:
    """A pool for browsers, with kim, whose phone number is verified."""
    client = {"ExplicitAuthFlows": [f"ALLOW_{flow}" for flow in (*FLOWS, "CUSTOM_AUTH", "REFRESH_TOKEN_AUTH")]}

    def make(mode: str = "OFF", *factors: str, **pool: Any) -> Pool:
        made = guarded(make_pool, mode, *factors, client=client, **pool)
        made.user("kim", phone_number=phone)
        verified = [{"Name": "phone_number_verified", "Value": "true"}]
        made.admin("admin_update_user_attributes", "kim", UserAttributes=verified)
        return made.pool

    return make


def now_ms() -> int:
    return int(time.time() * 1000)


def refused(name: str, message: str) -> tuple[str, Any]:
    return "onFailure", [{"name": name, "message": message}]


WRONG_APP_CODE = refused("CodeMismatchException", "Invalid code received for user")
WRONG_SENT_CODE = refused("CodeMismatchException", "Invalid code or auth state for the user.")
USED_UP = refused("ExpiredCodeException", USED)
NOT_ENABLED = refused("EnableSoftwareTokenMFAException", "Code mismatch and fail enable Software Token MFA")
NOT_SET_UP = refused(
    "InvalidParameterException", "User does not have delivery config set to turn on SOFTWARE_TOKEN_MFA"
)
NO_TRIGGERS = refused("InvalidParameterException", "Custom auth lambda trigger is not configured for the user pool.")
INCORRECT = refused("NotAuthorizedException", "Incorrect username or password.")


def wrong(code: str) -> str:
    return str((int(code) + 1) % 1_000_000).zfill(6)


def given_app(kim: IdentityUser) -> App:
    """The app that the library shows the secret for."""

    def associate() -> str:
        callback, (secret,) = kim.does("associateSoftwareToken")
        assert callback == "associateSecretCode"
        return str(secret)

    return surely_apart(now_ms(), associate)


# authenticator apps


@pytest.mark.parametrize("flow", FLOWS)
def test_an_app_is_set_up_and_asked_for(people: Callable[..., Pool], flow: str) -> None:
    """Only the app's own code sets it up and signs in, and each does so once."""
    pool = people("OPTIONAL", "SOFTWARE_TOKEN_MFA")
    with identity_user(pool, "kim", flow) as kim:
        assert kim.does("authenticateUser", PASSWORD) == SIGNED_IN
        app, now = given_app(kim), now_ms()
        assert kim.does("verifySoftwareToken", app.wrong_code(now), "phone") == NOT_ENABLED
        assert kim.does("verifySoftwareToken", app.code(now), "phone") == ("onSuccess", [{"Status": "SUCCESS"}])
        assert kim.does("setUserMfaPreference", None, ON) == ("onSuccess", ["SUCCESS"])
        asked = ("totpRequired", ["SOFTWARE_TOKEN_MFA", {"FRIENDLY_DEVICE_NAME": "phone", "USER_ID_FOR_SRP": "kim"}])
        assert kim.does("authenticateUser", PASSWORD) == asked
        assert kim.does("sendMFACode", app.wrong_code(now), "SOFTWARE_TOKEN_MFA") == WRONG_APP_CODE
        assert kim.does("sendMFACode", app.code(now), "SOFTWARE_TOKEN_MFA") == USED_UP
        assert kim.does("sendMFACode", app.code(now, 1), "SOFTWARE_TOKEN_MFA") == SIGNED_IN
        assert kim.does("authenticateUser", PASSWORD) == asked
        assert kim.does("sendMFACode", app.code(now, 1), "SOFTWARE_TOKEN_MFA") == USED_UP


def test_an_app_is_not_asked_for_once_it_is_not_preferred(people: Callable[..., Pool]) -> None:
    """A preference for an app that is not set up is refused; one that is switched off leaves the password."""
    pool = people("OPTIONAL", "SOFTWARE_TOKEN_MFA")
    with identity_user(pool, "kim") as kim:
        kim.does("authenticateUser", PASSWORD)
        assert kim.does("setUserMfaPreference", None, ON) == NOT_SET_UP
        kim.does("verifySoftwareToken", given_app(kim).code(now_ms()), "phone")
        kim.does("setUserMfaPreference", None, ON)
        assert kim.does("setUserMfaPreference", None, {"Enabled": False, "PreferredMfa": False})[0] == "onSuccess"
        assert kim.does("authenticateUser", PASSWORD) == SIGNED_IN


@pytest.mark.parametrize("flow", FLOWS)
def test_a_pool_that_insists_has_the_app_set_up_on_the_way(people: Callable[..., Pool], flow: str) -> None:
    """mfaSetup comes before any token; the app's code brings them, and is asked for from then on."""
    pool = people("ON", "SOFTWARE_TOKEN_MFA")
    with identity_user(pool, "kim", flow) as kim:
        callback, (name, parameters) = kim.does("authenticateUser", PASSWORD)
        assert (callback, name) == ("mfaSetup", "MFA_SETUP")
        assert parameters["MFAS_CAN_SETUP"] == '["SOFTWARE_TOKEN_MFA"]'
        app, now = given_app(kim), now_ms()
        assert kim.does("verifySoftwareToken", app.wrong_code(now), "phone") == NOT_ENABLED
        assert kim.does("verifySoftwareToken", app.code(now), "phone") == SIGNED_IN
        assert kim.does("authenticateUser", PASSWORD)[0] == "totpRequired"
        assert kim.does("sendMFACode", app.code(now, 1), "SOFTWARE_TOKEN_MFA") == SIGNED_IN


# codes by SMS


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("switch", [("setUserMfaPreference", ON, None), ("enableMFA",)])
def test_a_code_by_sms_is_asked_for(
    people: Callable[..., Pool], phone: str, flow: str, switch: tuple[Any, ...]
) -> None:
    """Only the newest code that was sent signs in, and does so once."""
    pool = people("OPTIONAL", "SMS_MFA")
    with identity_user(pool, "kim", flow) as kim:
        assert kim.does("authenticateUser", PASSWORD) == SIGNED_IN
        assert kim.does(*switch) == ("onSuccess", ["SUCCESS"])
        callback, (name, parameters) = kim.does("authenticateUser", PASSWORD)
        assert (callback, name) == ("mfaRequired", "SMS_MFA")
        assert parameters["CODE_DELIVERY_DESTINATION"] == f"+*******{phone[-4:]}"
        code = pool.code_for(phone)
        [first] = pool.messages(to=phone)
        assert kim.does("sendMFACode", wrong(code)) == WRONG_SENT_CODE
        assert kim.does("sendMFACode", code) == SIGNED_IN
        assert kim.does("authenticateUser", PASSWORD)[0] == "mfaRequired"
        newest = pool.code_for(phone, after=first["id"])
        old = code if code != newest else wrong(newest)  # once in a million sign-ins the same digits are sent again
        assert kim.does("sendMFACode", old) == WRONG_SENT_CODE


def test_a_code_by_sms_is_not_asked_for_once_it_is_disabled(people: Callable[..., Pool]) -> None:
    """disableMFA takes back what enableMFA did."""
    pool = people("OPTIONAL", "SMS_MFA")
    with identity_user(pool, "kim") as kim:
        kim.does("authenticateUser", PASSWORD)
        kim.does("enableMFA")
        assert kim.does("disableMFA") == ("onSuccess", ["SUCCESS"])
        assert kim.does("authenticateUser", PASSWORD) == SIGNED_IN


@pytest.mark.parametrize("choice", ["SMS_MFA", "SOFTWARE_TOKEN_MFA"])
def test_one_of_two_factors_is_chosen(people: Callable[..., Pool], phone: str, choice: str) -> None:
    """selectMFAType, where neither is preferred; what the pool does not have cannot be chosen."""
    pool = people("OPTIONAL", "SMS_MFA", "SOFTWARE_TOKEN_MFA")
    with identity_user(pool, "kim") as kim:
        kim.does("authenticateUser", PASSWORD)
        app, now = given_app(kim), now_ms()
        kim.does("verifySoftwareToken", app.code(now), "phone")
        either = {"Enabled": True, "PreferredMfa": False}
        assert kim.does("setUserMfaPreference", either, either)[0] == "onSuccess"
        callback, (name, _) = kim.does("authenticateUser", PASSWORD)
        assert (callback, name) == ("selectMFAType", "SELECT_MFA_TYPE")
        callback, (told,) = kim.does("sendMFASelectionAnswer", "EMAIL_OTP")
        assert (callback, told["name"]) == ("onFailure", "MFAMethodNotFoundException")
        chosen, _ = kim.does("sendMFASelectionAnswer", choice)
        assert chosen == {"SMS_MFA": "mfaRequired", "SOFTWARE_TOKEN_MFA": "totpRequired"}[choice]
        if choice == "SMS_MFA":
            code = pool.server.code_for(phone)
            other, refusal = wrong(code), WRONG_SENT_CODE
        else:
            code, other, refusal = app.code(now, 1), app.wrong_code(now), WRONG_APP_CODE
        assert kim.does("sendMFACode", other, choice) == refusal
        assert kim.does("sendMFACode", code, choice) == SIGNED_IN


# custom challenges


@pytest.fixture
def riddles(people: Callable[..., Pool]) -> Pool:
    """A pool whose triggers put riddles: two have to be solved, and one wrong answer is forgiven."""
    return people(LambdaConfig={trigger: ARN.format(name) for trigger, name in RIDDLES.items()})


def riddle(number: int) -> tuple[str, Any]:
    return "customChallenge", [{"USERNAME": "kim", "riddle": f"What comes after {number}?"}]


def test_riddles_are_solved(riddles: Pool) -> None:
    """The library goes from one challenge to the next; a wrong answer is judged by the triggers."""
    with identity_user(riddles, "kim") as kim:
        assert kim.does("initiateAuth") == riddle(0)
        assert kim.does("sendCustomChallengeAnswer", "1") == riddle(1)
        assert kim.does("sendCustomChallengeAnswer", "wrong") == riddle(2)
        assert kim.does("sendCustomChallengeAnswer", "3") == SIGNED_IN


def test_riddles_are_not_solved(riddles: Pool) -> None:
    """The second wrong answer ends the sign-in: the right one is of no use afterwards."""
    with identity_user(riddles, "kim") as kim:
        assert kim.does("initiateAuth") == riddle(0)
        assert kim.does("sendCustomChallengeAnswer", "wrong") == riddle(1)
        assert kim.does("sendCustomChallengeAnswer", "wrong") == INCORRECT
        callback, (told,) = kim.does("sendCustomChallengeAnswer", "2")
        assert (callback, told["name"]) == ("onFailure", "NotAuthorizedException")


def test_riddles_follow_the_password(riddles: Pool) -> None:
    """authenticateUser proves the password by SRP first; a wrong one leads to no riddle."""
    with identity_user(riddles, "kim", "CUSTOM_AUTH") as kim:
        assert kim.does("authenticateUser", "Wrong-Horse-9") == INCORRECT
        assert kim.does("authenticateUser", PASSWORD) == riddle(2)
        assert kim.does("sendCustomChallengeAnswer", "3") == riddle(3)
        assert kim.does("sendCustomChallengeAnswer", "4") == SIGNED_IN


def test_riddles_need_triggers(people: Callable[..., Pool]) -> None:
    """A pool without them refuses the flow."""
    with identity_user(people(), "kim") as kim:
        assert kim.does("initiateAuth") == NO_TRIGGERS
