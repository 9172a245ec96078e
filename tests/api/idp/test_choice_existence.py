"""USER_AUTH of names that nobody has, through the AWS SDK: answered like those of users where that must not be told."""

import pytest

from conftest import PASSWORD
from passkey import HIDING, contacts, keyed, listed
from proving import SrpClient
from second_factors import refusal_of

ALL = ["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP", "SMS_OTP"]
INCORRECT = ("NotAuthorizedException", "Incorrect username or password.")
WRONG_CODE = ("CodeMismatchException", "Invalid code or auth state for the user.")
SESSION = ("NotAuthorizedException", "Invalid session for the user.")


def without_name(proof):
    return {name: value for name, value in proof.items() if name != "USERNAME"}


def test_nobody_is_answered_like_somebody(make_pool):
    """Where the client hides existence answers are of one shape and length, the same each time, and lead nowhere."""
    pool = keyed(make_pool, client=HIDING, AutoVerifiedAttributes=["email", "phone_number"])
    given = contacts()
    pool.pool.confirmed("ada", UserAttributes=listed(given))
    real, made_up = pool.begin("ada"), pool.begin("nobody")
    assert made_up["AvailableChallenges"] == real["AvailableChallenges"] == ALL
    assert len(made_up["Session"]) == len(real["Session"])
    for choice in ("PASSWORD", "PASSWORD_SRP", "EMAIL_OTP", "SMS_OTP"):
        asked = [pool.begin(name, PREFERRED_CHALLENGE=choice) for name in ("ada", "nobody", "nobody")]
        assert [one["ChallengeName"] for one in asked] == [choice] * 3
        assert asked[1]["ChallengeParameters"] == asked[2]["ChallengeParameters"]
        assert asked[0]["ChallengeParameters"].keys() == asked[1]["ChallengeParameters"].keys()
        assert len({len(one["Session"]) for one in asked}) == 1
    assert pool.begin("mia@post.example", PREFERRED_CHALLENGE="EMAIL_OTP")["ChallengeParameters"] == {
        "CODE_DELIVERY_DELIVERY_MEDIUM": "EMAIL",
        "CODE_DELIVERY_DESTINATION": "m***@p***",
    }
    assert pool.pool.messages(to="mia@post.example") == []
    asked = pool.begin("nobody", PREFERRED_CHALLENGE="EMAIL_OTP")
    assert refusal_of(lambda: pool.answer(asked, "nobody", EMAIL_OTP_CODE="123456")) == WRONG_CODE
    asked = pool.begin("nobody", PREFERRED_CHALLENGE="PASSWORD")
    assert refusal_of(lambda: pool.answer(asked, "nobody", PASSWORD=PASSWORD)) == INCORRECT
    asked = pool.begin("nobody")
    assert refusal_of(lambda: pool.answer(asked, "nobody", ANSWER="PASSWORD", PASSWORD=PASSWORD)) == INCORRECT
    at_once = refusal_of(lambda: pool.begin("nobody", PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD))
    assert at_once == INCORRECT
    client = SrpClient(pool.pool.pool_id)
    begun = pool.answer(pool.begin("nobody"), "nobody", ANSWER="PASSWORD_SRP", SRP_A=client.srp_a)
    proof = without_name(client.proof(begun["ChallengeParameters"], PASSWORD, ""))
    assert refusal_of(lambda: pool.answer(begun, "nobody", **proof)) == INCORRECT


@pytest.mark.parametrize(
    ("settings", "name", "offered"),
    [
        ({}, "nobody", ALL[:3]),
        ({"AutoVerifiedAttributes": ["email"]}, "nobody", ALL[:3]),
        ({"AutoVerifiedAttributes": ["email"]}, "+15550001111", ALL),
        ({"AutoVerifiedAttributes": ["phone_number"]}, "nobody", [*ALL[:2], "SMS_OTP"]),
        ({"UsernameAttributes": ["phone_number"]}, "+15550001111", [*ALL[:2], "SMS_OTP"]),
    ],
)
def test_nobody_has_what_most_have(make_pool, settings, name, offered):
    """What sign-ups verify, else an address, and what the name looks like; never a passkey."""
    pool = keyed(make_pool, client=HIDING, **settings)
    assert pool.begin(name)["AvailableChallenges"] == offered


def test_a_session_of_nobody_is_of_no_use_to_somebody(make_pool):
    """Not even once the name is taken."""
    pool = keyed(make_pool, client=HIDING)
    asked = pool.begin("late")
    pool.pool.confirmed("late")
    assert refusal_of(lambda: pool.answer(asked, "late", ANSWER="PASSWORD", PASSWORD=PASSWORD)) == SESSION
