"""CUSTOM_AUTH: the pool's triggers lead the sign-in, through all four operations."""

import pytest
from pycognito.aws_srp import AWSSRP

from conftest import PASSWORD
from second_factors import Guarded
from triggers.test_effects import EMAIL, claims, refused

NAMES = {"DefineAuthChallenge": "define", "CreateAuthChallenge": "create", "VerifyAuthChallengeResponse": "verify"}


@pytest.fixture
def custom(pool_with):
    """A pool with riddles, whose user has to solve two and may be wrong once."""

    def make(client=None, **triggers):
        made = pool_with({**NAMES, "PreSignUp": "admitting", **triggers}, client=client)
        made.pool.sign_up("ann", UserAttributes=EMAIL)
        return made

    return make


def begin(pool, username="ann", **more):
    return pool.cognito.initiate_auth(
        ClientId=pool.client_id, AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": username, **more}
    )


def answer(pool, asked, text, username="ann"):
    return pool.cognito.respond_to_auth_challenge(
        ClientId=pool.client_id,
        ChallengeName="CUSTOM_CHALLENGE",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": username, "ANSWER": text},
    )


def proven(pool):
    """What comes after the proof of the password in a sign-in that begins with it."""
    names = {"pool_id": pool.pool_id, "client_id": pool.client_id, "client": pool.cognito}
    srp = AWSSRP(username="ann", password=PASSWORD, **names)
    parameters = srp.get_auth_params()
    asked = begin(pool, CHALLENGE_NAME="SRP_A", SRP_A=parameters["SRP_A"])
    assert asked["ChallengeName"] == "PASSWORD_VERIFIER"
    responses = srp.process_challenge(asked["ChallengeParameters"], parameters)
    return pool.cognito.respond_to_auth_challenge(
        ClientId=pool.client_id, ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=responses
    )


def test_two_riddles_bring_tokens(custom):
    """The client sees the public parameters alone, and each answer leads to the next step."""
    triggers = custom(PreAuthentication="unchanged", PostAuthentication="unchanged", PreTokenGeneration="unchanged")
    pool = triggers.pool
    asked = begin(pool)
    assert asked["ChallengeName"] == "CUSTOM_CHALLENGE"
    assert asked["ChallengeParameters"] == {"USERNAME": "ann", "riddle": "What comes after 0?"}
    again = answer(pool, asked, "1")
    assert again["ChallengeParameters"]["riddle"] == "What comes after 1?"
    tokens = answer(pool, again, "2")["AuthenticationResult"]
    assert claims(tokens["IdToken"])["cognito:username"] == "ann"
    pool.cognito.get_user(AccessToken=tokens["AccessToken"])
    started, *middle = triggers.sources[1:4]
    assert started == "PreAuthentication_Authentication"
    assert middle == ["DefineAuthChallenge_Authentication", "CreateAuthChallenge_Authentication"]
    assert triggers.sources[-3:] == [
        "DefineAuthChallenge_Authentication",
        "PostAuthentication_Authentication",
        "TokenGeneration_Authentication",
    ]


def test_administrators_lead_it_as_well(custom):
    """AdminInitiateAuth and AdminRespondToAuthChallenge do the same."""
    pool = custom().pool
    names = {"UserPoolId": pool.pool_id, "ClientId": pool.client_id}
    asked = pool.cognito.admin_initiate_auth(**names, AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": "ann"})
    for text in ("1", "2"):
        asked = pool.cognito.admin_respond_to_auth_challenge(
            **names,
            ChallengeName="CUSTOM_CHALLENGE",
            Session=asked["Session"],
            ChallengeResponses={"USERNAME": "ann", "ANSWER": text},
        )
    assert asked["AuthenticationResult"]["AccessToken"]


def test_wrong_answers_are_the_triggers_to_judge(custom):
    """One is forgiven, the second ends the sign-in; the session of an answer is used up, be it right or wrong."""
    triggers = custom()
    pool = triggers.pool
    asked = begin(pool)
    again = answer(pool, asked, "wrong")
    with refused(pool, "NotAuthorizedException", "can only be used once"):
        answer(pool, asked, "1")
    session = triggers.event("DefineAuthChallenge_Authentication")["request"]["session"]
    assert session == [{"challengeName": "CUSTOM_CHALLENGE", "challengeResult": False, "challengeMetadata": "RIDDLE_0"}]
    with refused(pool, "NotAuthorizedException", "Incorrect username or password."):
        answer(pool, again, "wrong")
    with refused(pool, "NotAuthorizedException", "can only be used once"):
        answer(pool, again, "2")


def test_it_can_begin_with_the_password(custom):
    """With SRP_A the password is proven first, which the triggers see as two passed steps."""
    triggers = custom()
    pool = triggers.pool
    riddle = proven(pool)
    session = triggers.event("DefineAuthChallenge_Authentication")["request"]["session"]
    assert session == [
        {"challengeName": "SRP_A", "challengeResult": True},
        {"challengeName": "PASSWORD_VERIFIER", "challengeResult": True},
    ]
    assert riddle["ChallengeParameters"]["riddle"] == "What comes after 2?"
    assert answer(pool, answer(pool, riddle, "3"), "4")["AuthenticationResult"]


def test_an_app_that_is_set_up_in_between_leaves_the_history(custom):
    """The triggers still see the proof of the password, behind MFA_SETUP as well."""
    triggers = custom()
    pool = triggers.pool
    token = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
    pool.cognito.set_user_pool_mfa_config(UserPoolId=pool.pool_id, MfaConfiguration="ON", **token)
    guarded = Guarded(pool)
    asked = proven(pool)
    assert asked["ChallengeName"] == "MFA_SETUP"
    _, set_up = guarded.set_up_in_sign_in(asked)
    riddle = guarded.answer(set_up, "ann")
    assert riddle["ChallengeParameters"]["riddle"] == "What comes after 2?"
    assert answer(pool, answer(pool, riddle, "3"), "4")["AuthenticationResult"]


def test_nobody_is_asked_like_somebody_and_gets_nothing(custom):
    """Where existence is hidden a name that nobody has is put riddles, and right answers bring no tokens."""
    triggers = custom(client={"PreventUserExistenceErrors": "ENABLED"})
    pool = triggers.pool
    asked = begin(pool, "nobody")
    assert asked["ChallengeParameters"] == {"USERNAME": "nobody", "riddle": "What comes after 0?"}
    event = triggers.event("CreateAuthChallenge_Authentication")
    assert (event["userName"], event["request"]["userNotFound"]) == ("nobody", True)
    assert event["request"]["userAttributes"] == {}
    again = answer(pool, asked, "1", "nobody")
    with refused(pool, "NotAuthorizedException", "Incorrect username or password."):
        answer(pool, again, "2", "nobody")


def test_nobody_gets_tokens_from_a_trigger_that_gives_them_to_everybody(custom):
    """issueTokens for a name that nobody has is refused."""
    pool = custom(client={"PreventUserExistenceErrors": "ENABLED"}, DefineAuthChallenge="issue_at_once").pool
    assert begin(pool)["AuthenticationResult"]
    with refused(pool, "NotAuthorizedException", "Incorrect username or password."):
        begin(pool, "nobody")


def test_where_existence_is_told_nobody_is_refused(custom):
    """UserNotFoundException comes before any trigger runs."""
    triggers = custom()
    before = len(triggers.events)
    with refused(triggers.pool, "UserNotFoundException", "User does not exist."):
        begin(triggers.pool, "nobody")
    assert len(triggers.events) == before


def test_a_trigger_that_decides_nothing_is_refused(custom):
    """Neither a challenge nor an end is no answer."""
    pool = custom(DefineAuthChallenge="undecided").pool
    with refused(pool, "InvalidLambdaResponseException", "Unrecognizable lambda output"):
        begin(pool)


@pytest.mark.parametrize("trigger", ["DefineAuthChallenge", "CreateAuthChallenge"])
def test_a_trigger_that_fails_puts_no_challenge(custom, trigger):
    """The refusal names the trigger."""
    pool = custom(**{trigger: "failing"}).pool
    with refused(pool, "UserLambdaValidationException", f"^.*{trigger} failed with error Not you"):
        begin(pool)


def test_a_judge_that_fails_leaves_the_session(custom):
    """The answer was not judged, so that it may be given again."""
    pool = custom(VerifyAuthChallengeResponse="failing").pool
    asked = begin(pool)
    for _ in range(2):
        with refused(pool, "UserLambdaValidationException", "VerifyAuthChallengeResponse failed"):
            answer(pool, asked, "1")


def test_what_does_not_fit_into_a_session_is_refused(custom):
    """A Session has at most 2048 characters, and private parameters travel in it."""
    pool = custom(CreateAuthChallenge="create_huge").pool
    with refused(pool, "InvalidLambdaResponseException", "do not fit into 2048 characters"):
        begin(pool)


def test_a_pool_without_the_triggers_refuses_the_flow(pool_with):
    """All three are needed."""
    pool = pool_with({"PreSignUp": "admitting", "DefineAuthChallenge": "define"}).pool
    pool.sign_up("ann")
    with refused(pool, "InvalidParameterException", "Custom auth lambda trigger is not configured"):
        begin(pool)


def test_sessions_stay_with_their_user_and_their_account_state(custom):
    """Another user's session is refused, and so is one of an account that is disabled meanwhile."""
    pool = custom().pool
    pool.sign_up("eve")
    asked = begin(pool)
    with refused(pool, "NotAuthorizedException", "Invalid session for the user."):
        answer(pool, asked, "1", "eve")
    pool.cognito.admin_disable_user(UserPoolId=pool.pool_id, Username="ann")
    with refused(pool, "NotAuthorizedException", "User is disabled."):
        answer(pool, asked, "1")
