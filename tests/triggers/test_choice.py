"""What triggers see and stop of sign-ins by USER_AUTH."""

from typing import Any

import pytest

from triggers.test_custom_senders import until

ADDRESS = "ann@choice.example"
EMAIL = [{"Name": "email", "Value": ADDRESS}]
CHOOSING = {"ExplicitAuthFlows": ["ALLOW_USER_AUTH"]}
POOL = {
    "AutoVerifiedAttributes": ["email"],
    "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}},
}
EVERY = ("PreAuthentication", "PostAuthentication", "PreTokenGeneration", "CustomMessage")


def begin(pool: Any, session: str | None = None, **parameters: str) -> Any:
    asked = {"ClientId": pool.client_id, "AuthFlow": "USER_AUTH", **({"Session": session} if session else {})}
    return pool.cognito.initiate_auth(**asked, AuthParameters={"USERNAME": "ann", **parameters})


def answer(pool: Any, asked: Any, **responses: str) -> Any:
    return pool.cognito.respond_to_auth_challenge(
        ClientId=pool.client_id,
        ChallengeName=asked["ChallengeName"],
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "ann", **responses},
    )


def test_triggers_run_in_order_around_a_code(pool_with):
    """Before the code is sent, for its words, and after it came back; the choice alone runs none."""
    triggers = pool_with(dict.fromkeys(EVERY, "unchanged"), client=CHOOSING, **POOL)
    pool = triggers.pool
    pool.confirmed("ann", UserAttributes=EMAIL)
    before = len(triggers.sources)
    asked = begin(pool)
    assert triggers.sources[before:] == []
    asked = answer(pool, asked, ANSWER="EMAIL_OTP")
    (message,) = pool.messages(to=ADDRESS, kind="Authentication", wait=30)
    answer(pool, asked, EMAIL_OTP_CODE=message["code"])
    assert triggers.sources[before:] == [
        "PreAuthentication_Authentication",
        "CustomMessage_Authentication",
        "PostAuthentication_Authentication",
        "TokenGeneration_Authentication",
    ]


@pytest.mark.parametrize("parameters", [{"PREFERRED_CHALLENGE": "EMAIL_OTP"}, {}])
def test_a_sign_in_that_its_trigger_refuses_sends_no_code(pool_with, parameters):
    """Whether it was preferred or chosen."""
    triggers = pool_with({"PreAuthentication": "failing"}, client=CHOOSING, **POOL)
    pool = triggers.pool
    pool.confirmed("ann", UserAttributes=EMAIL)
    with pytest.raises(pool.cognito.exceptions.UserLambdaValidationException):
        answer(pool, begin(pool, **parameters), ANSWER="EMAIL_OTP")
    until(triggers, lambda waits: not waits)
    assert [message["kind"] for message in pool.messages()] == ["SignUp"]


def test_a_hand_over_that_its_trigger_refuses_gives_no_tokens(pool_with):
    """The way in from a sign-up is a sign-in like others."""
    pool = pool_with({"PreAuthentication": "failing"}, client=CHOOSING, **POOL).pool
    done = pool.sign_up("ann", UserAttributes=EMAIL)
    code = pool.code_for(ADDRESS)
    confirmed = pool.cognito.confirm_sign_up(
        ClientId=pool.client_id, Username="ann", ConfirmationCode=code, Session=done["Session"]
    )
    with pytest.raises(pool.cognito.exceptions.UserLambdaValidationException):
        begin(pool, confirmed["Session"])
