"""NEW_PASSWORD_REQUIRED and the sessions of challenges through the AWS SDK."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor

import jwt
import pytest

from conftest import PASSWORD, Pool, sdk_client, secret_hash
from served import serve
from stopped import stopped_clocks

NEW = "Other-Horse-10"
TEMPORARY = "Given-Horse-1"
EXPIRED = "Invalid session for the user, session is expired."
USED = "Invalid session for the user, session can only be used once."
NOT_GOOD = "Invalid session for the user."


def listed(attributes):
    return [{"Name": key, "Value": value} for key, value in attributes.items()]


def invited(pool, who, **attributes):
    """A user whose password is a temporary one."""
    pool.sign_up(who, UserAttributes=listed(attributes))
    set_password(pool, who, TEMPORARY)


def set_password(pool, name, password, *, stays=False):
    pool.cognito.admin_set_user_password(UserPoolId=pool.pool_id, Username=name, Password=password, Permanent=stays)


def respond(pool, session, username, password=NEW, **more):
    responses = {"USERNAME": username, "NEW_PASSWORD": password, **more}
    if pool.secret:
        responses.setdefault("SECRET_HASH", secret_hash(pool.secret, username, pool.client_id))
    return pool.cognito.respond_to_auth_challenge(
        ClientId=pool.client_id,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=session,
        ChallengeResponses=responses,
    )


def session_of(pool, name):
    return pool.sign_in(name, TEMPORARY)["Session"]


def user(pool, name):
    found = pool.cognito.admin_get_user(UserPoolId=pool.pool_id, Username=name)
    return found["UserStatus"], {one["Name"]: one["Value"] for one in found["UserAttributes"]}


def refusal_of(call):
    with pytest.raises(Exception) as refused:  # noqa: PT011
        call()
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def is_not_authorized(message):
    return "NotAuthorizedException", message


# What is asked, and what is answered


def test_a_temporary_password_leads_to_a_challenge_and_then_to_tokens(pool):
    """The challenge has AWS's parameters and a session like AWS's; its answer gives tokens and CONFIRMED."""
    invited(pool, "tess", email="tess@d.example", name="Tess Ö")
    answer = pool.sign_in("tess", TEMPORARY)
    assert answer.keys() == {"ChallengeName", "Session", "ChallengeParameters", "ResponseMetadata"}
    assert answer["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    parameters = answer["ChallengeParameters"]
    assert parameters.keys() == {"USER_ID_FOR_SRP", "requiredAttributes", "userAttributes"}
    assert (parameters["USER_ID_FOR_SRP"], parameters["requiredAttributes"]) == ("tess", "[]")
    assert parameters["userAttributes"] == '{"email":"tess@d.example","name":"Tess Ö","email_verified":"false"}'
    assert answer["Session"].startswith("AYABe")
    assert 20 <= len(answer["Session"]) <= 4096
    assert user(pool, "tess")[0] == "FORCE_CHANGE_PASSWORD"
    done = respond(pool, answer["Session"], "tess")
    assert done["ChallengeParameters"] == {}
    assert done["AuthenticationResult"].keys() == {
        "AccessToken", "ExpiresIn", "IdToken", "RefreshToken", "TokenType",
    }  # fmt: skip
    assert user(pool, "tess")[0] == "CONFIRMED"
    assert pool.cognito.get_user(AccessToken=done["AuthenticationResult"]["AccessToken"])["Username"] == "tess"
    assert pool.sign_in("tess", NEW)["AuthenticationResult"]
    assert refusal_of(lambda: pool.sign_in("tess", TEMPORARY))[0] == "NotAuthorizedException"


def test_an_administrator_signs_a_user_in_through_a_challenge(pool):
    """The same by AdminInitiateAuth and AdminRespondToAuthChallenge."""
    invited(pool, "managed")
    names = {"UserPoolId": pool.pool_id, "ClientId": pool.client_id}
    begun = pool.cognito.admin_initiate_auth(
        **names,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "managed", "PASSWORD": TEMPORARY},
    )
    done = pool.cognito.admin_respond_to_auth_challenge(
        **names,
        ChallengeName=begun["ChallengeName"],
        Session=begun["Session"],
        ChallengeResponses={"USERNAME": "managed", "NEW_PASSWORD": NEW},
    )
    assert done["AuthenticationResult"]["RefreshToken"]
    assert user(pool, "managed")[0] == "CONFIRMED"


def test_required_attributes_come_with_the_answer(make_pool):
    """They are listed, shown as empty, and stored; the ID token has them at once."""
    pool = make_pool(Schema=[{"Name": name, "Required": True} for name in ("given_name", "family_name", "email")])
    pool.cognito.admin_create_user(
        UserPoolId=pool.pool_id,
        Username="ria",
        TemporaryPassword=TEMPORARY,
        MessageAction="SUPPRESS",
        UserAttributes=listed({"email": "r@d.example", "given_name": "Ria"}),
    )
    answer = pool.sign_in("ria", TEMPORARY)
    parameters = answer["ChallengeParameters"]
    assert parameters["requiredAttributes"] == '["userAttributes.family_name"]'
    assert json.loads(parameters["userAttributes"])["family_name"] == ""
    session = answer["Session"]
    for more in ({}, {"userAttributes.family_name": ""}):
        assert refusal_of(lambda more=more: respond(pool, session, "ria", **more)) == (
            "InvalidParameterException",
            "Invalid attributes given, family_name is missing",
        )
    given = {"userAttributes.family_name": "Rowe", "userAttributes.nickname": "R"}
    done = respond(pool, session, "ria", **given)
    claims = jwt.decode(done["AuthenticationResult"]["IdToken"], options={"verify_signature": False})
    assert (claims["family_name"], claims["nickname"]) == ("Rowe", "R")
    assert user(pool, "ria")[1]["family_name"] == "Rowe"


def test_what_is_given_already_cannot_be_modified(make_pool):
    """Contacts and required attributes are given once (reference 02); the account stays as it was."""
    pool = make_pool(Schema=[{"Name": "name", "Required": True}])
    invited(pool, "given", email="g@d.example", name="Gil", nickname="G")
    session = session_of(pool, "given")
    for name in ("email", "name"):
        refused = refusal_of(lambda name=name: respond(pool, session, "given", **{f"userAttributes.{name}": "x@d.e"}))
        assert refused == is_not_authorized(f"Cannot modify an already provided {name}")
    assert user(pool, "given")[0] == "FORCE_CHANGE_PASSWORD"
    assert respond(pool, session, "given", **{"userAttributes.nickname": "GG"})["AuthenticationResult"]
    assert user(pool, "given")[1]["nickname"] == "GG"


def test_a_contact_that_comes_with_the_answer_is_not_verified(pool):
    """Nobody proves an address by naming it."""
    invited(pool, "claims")
    respond(pool, session_of(pool, "claims"), "claims", **{"userAttributes.email": "c@d.example"})
    assert user(pool, "claims")[1]["email_verified"] == "false"


def test_an_alias_that_somebody_has_cannot_be_taken(make_pool):
    """AliasExistsException, and neither the password nor the state has changed."""
    pool = make_pool(AliasAttributes=["preferred_username"])
    for name in ("first", "second"):
        invited(pool, name)
    taken = {"userAttributes.preferred_username": "boss"}
    respond(pool, session_of(pool, "first"), "first", **taken)
    session = session_of(pool, "second")
    assert refusal_of(lambda: respond(pool, session, "second", **taken)) == (
        "AliasExistsException",
        "An account with the preferred_username already exists.",
    )
    assert respond(pool, session, "second")["AuthenticationResult"]
    assert pool.sign_in("boss", NEW)["AuthenticationResult"]


def test_the_name_is_what_was_typed_or_the_user_id(make_pool):
    """Clients send back the e-mail or USER_ID_FOR_SRP, each with its own SECRET_HASH."""
    pool = make_pool(secret=True, UsernameAttributes=["email"])
    for number, choice in enumerate(("typed", "canonical")):
        address = f"n{number}@d.example"
        invited(pool, address)
        answer = pool.sign_in(address, TEMPORARY)
        name = address if choice == "typed" else answer["ChallengeParameters"]["USER_ID_FOR_SRP"]
        wrong = secret_hash(pool.secret, "somebody", pool.client_id)
        refused = refusal_of(lambda a=answer, n=name, w=wrong: respond(pool, a["Session"], n, SECRET_HASH=w))
        assert refused == is_not_authorized(f"Unable to verify secret hash for client {pool.client_id}")
        assert respond(pool, answer["Session"], name)["AuthenticationResult"]


def test_history_counts_the_temporary_password(make_pool):
    """With a history the temporary password cannot stay (reference 04: the present one counts)."""
    pool = make_pool(Policies={"PasswordPolicy": {"MinimumLength": 8, "PasswordHistorySize": 1}})
    invited(pool, "keeper")
    session = session_of(pool, "keeper")
    assert refusal_of(lambda: respond(pool, session, "keeper", TEMPORARY)) == (
        "PasswordHistoryPolicyViolationException",
        "Password has previously been used",
    )
    assert respond(pool, session, "keeper", PASSWORD)["AuthenticationResult"]


# Sessions


def test_a_session_works_once(pool):
    """Also where the answer is the same again."""
    invited(pool, "twice")
    session = session_of(pool, "twice")
    assert refusal_of(lambda: respond(pool, session, "twice", "short"))[0] == "InvalidPasswordException"
    respond(pool, session, "twice")
    assert refusal_of(lambda: respond(pool, session, "twice")) == is_not_authorized(USED)


def test_of_parallel_answers_one_wins(pool):
    """20 answers to one session at once: one gets tokens, the others are told that it was used."""
    invited(pool, "crowd")
    session = session_of(pool, "crowd")
    passwords = [f"Racing-Horse-{number}" for number in range(20)]
    with ThreadPoolExecutor(20) as crowd:
        outcomes = list(crowd.map(lambda one: _tried(lambda: respond(pool, session, "crowd", one)), passwords))
    won = [password for password, outcome in zip(passwords, outcomes, strict=True) if outcome is None]
    assert len(won) == 1
    assert {outcome for outcome in outcomes if outcome} == {is_not_authorized(USED)}
    assert pool.sign_in("crowd", won[0])["AuthenticationResult"]


def _tried(call):
    try:
        call()
    except Exception as refused:  # noqa: BLE001
        error = refused.response["Error"]
        return error["Code"], error["Message"]


def test_a_second_session_ends_with_the_first(pool):
    """What was asked before the password changed is of no use."""
    invited(pool, "parallel")
    first, second = session_of(pool, "parallel"), session_of(pool, "parallel")
    respond(pool, first, "parallel")
    assert refusal_of(lambda: respond(pool, second, "parallel")) == is_not_authorized(NOT_GOOD)


def test_a_session_of_somebody_else_is_no_session(make_pool):
    """Another user's, another client's, another pool's (TRUST API-05, API-16)."""
    pool, other = make_pool(), make_pool()
    for name in ("anna", "bert"):
        invited(pool, name)
    invited(other, "anna")
    second = pool.cognito.create_user_pool_client(
        UserPoolId=pool.pool_id, ClientName="second", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    session = session_of(pool, "anna")
    of_second = Pool(pool.cognito, pool.server, pool.pool_id, second, None)
    for where, name in ((pool, "bert"), (of_second, "anna"), (other, "anna")):
        refused = refusal_of(lambda where=where, name=name: respond(where, session, name))
        assert refused == is_not_authorized(NOT_GOOD)
    assert respond(pool, session, "anna")["AuthenticationResult"]


def test_a_changed_session_is_no_session(pool):
    """Every character counts: sealed, not only encoded."""
    invited(pool, "tamper")
    session = session_of(pool, "tamper")
    envelope = bytearray(base64.urlsafe_b64decode(session + "=" * (-len(session) % 4)))
    forged = []
    for place in range(0, len(envelope), 7):
        changed = bytearray(envelope)
        changed[place] ^= 1
        forged.append(base64.urlsafe_b64encode(changed).decode().rstrip("="))
    forged += [session[:-4], session + "AAAA", session + "!", "é" * 30, "A" * 4096, "AYABe" + "A" * 40]
    for one in forged:
        assert refusal_of(lambda one=one: respond(pool, one, "tamper")) == is_not_authorized(NOT_GOOD)
    assert respond(pool, session, "tamper")["AuthenticationResult"]


def test_a_session_ends_with_what_it_stands_on(pool):
    """After another password, a deletion, or a new account of the same name nothing is given (TRUST API-20)."""
    for name in ("renewed", "settled", "again"):
        invited(pool, name)
    sessions = {name: session_of(pool, name) for name in ("renewed", "settled", "again")}
    set_password(pool, "renewed", TEMPORARY)
    set_password(pool, "settled", TEMPORARY, stays=True)
    for name in ("renewed", "settled"):
        assert refusal_of(lambda name=name: respond(pool, sessions[name], name)) == is_not_authorized(NOT_GOOD)
    pool.cognito.admin_delete_user(UserPoolId=pool.pool_id, Username="again")
    gone = refusal_of(lambda: respond(pool, sessions["again"], "again"))
    assert gone == ("UserNotFoundException", "User does not exist.")
    invited(pool, "again")
    assert refusal_of(lambda: respond(pool, sessions["again"], "again")) == is_not_authorized(NOT_GOOD)


def test_a_disabled_user_answers_nothing(pool):
    """Disabled between the two steps: no token (TRUST API-19)."""
    invited(pool, "halted")
    session = session_of(pool, "halted")
    pool.cognito.admin_disable_user(UserPoolId=pool.pool_id, Username="halted")
    assert refusal_of(lambda: respond(pool, session, "halted")) == is_not_authorized("User is disabled.")


@pytest.mark.parametrize("minutes", [3, 15])
def test_a_session_lives_as_long_as_the_client_says(minutes):
    """CRED-08: AuthSessionValidity to the second."""
    with stopped_clocks(), serve() as server:
        cognito = sdk_client(server.url)
        pool_id = cognito.create_user_pool(PoolName="clock")["UserPool"]["Id"]
        more = {} if minutes == 3 else {"AuthSessionValidity": minutes}
        client = cognito.create_user_pool_client(
            UserPoolId=pool_id, ClientName="a", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"], **more
        )
        pool = Pool(cognito, server, pool_id, client["UserPoolClient"]["ClientId"], None)
        invited(pool, "slow")
        first, second = session_of(pool, "slow"), session_of(pool, "slow")
        server.advance(minutes * 60 - 10)
        assert refusal_of(lambda: respond(pool, first, "slow", "short"))[0] == "InvalidPasswordException"
        server.advance(10)
        assert refusal_of(lambda: respond(pool, second, "slow")) == is_not_authorized(EXPIRED)
