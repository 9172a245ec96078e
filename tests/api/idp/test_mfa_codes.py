"""SMS_MFA, EMAIL_OTP and SELECT_MFA_TYPE through the AWS SDK: codes that are sent, and choosing between factors."""

from dataclasses import replace

import pytest

from cognomen import errors
from cognomen.flows.sign_in import Attempt, initiate
from conftest import PASSWORD
from second_factors import (
    ADMINS_RECOVER,
    BOTH_RECOVER,
    NOT_GOOD,
    access_token,
    guarded,
    listed,
    refusal_of,
)
from stopped import cognito, server  # noqa: F401 (the fixtures of this file)

SMS, TOTP, EMAIL = "SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP"
WRONG = ("CodeMismatchException", "Invalid code or auth state for the user.")
LOCKED = ("NotAuthorizedException", "Password attempts exceeded")
NUMBERS = iter(range(10**6))


def contacts():
    """An address and a number that nobody else has."""
    number = next(NUMBERS)
    return {"email": f"zoe{number}@post.example", "phone_number": f"+1555{number:07}"}


def attributes(pool, name):
    found = pool.admin("admin_get_user", name)["UserAttributes"]
    return {one["Name"]: one["Value"] for one in found}


CODES = [
    (SMS, "phone_number", "SMS", "SMS_MFA_CODE"),
    (EMAIL, "email", "EMAIL", "EMAIL_OTP_CODE"),
]


@pytest.fixture(params=CODES, ids=[SMS, EMAIL])
def sent(request, make_pool):
    """A pool with one factor that sends codes, and a user who prefers it."""
    factor, contact, medium, member = request.param
    pool = guarded(make_pool, "OPTIONAL", factor, AccountRecoverySetting=BOTH_RECOVER)
    to = contacts()[contact]
    pool.user("zoe", **{contact: to})
    pool.prefer("zoe", factor, preferred=factor)
    return pool, factor, contact, medium, member, to


def test_a_code_is_sent_and_asked_for(sent):
    """The parameters are AWS's, the code works once, and whoever received it has the contact verified."""
    pool, factor, contact, medium, member, to = sent
    asked = pool.begin("zoe")
    masked = "z***@p***" if contact == "email" else f"+*******{to[-4:]}"
    expected = {"CODE_DELIVERY_DELIVERY_MEDIUM": medium, "CODE_DELIVERY_DESTINATION": masked}
    if factor == SMS:
        expected["USER_ID_FOR_SRP"] = "zoe"
    assert (asked["ChallengeName"], asked["ChallengeParameters"]) == (factor, expected)
    assert attributes(pool, "zoe")[f"{contact}_verified"] == "false"
    code = pool.code_sent(to)
    assert pool.pool.messages(to=to)[-1]["kind"] == "Authentication"
    done = pool.answer(asked, "zoe", **{member: code})
    assert done["ChallengeParameters"] == {}
    assert attributes(pool, "zoe")[f"{contact}_verified"] == "true"
    shown = pool.cognito.get_user(AccessToken=access_token(done))
    assert (shown["PreferredMfaSetting"], shown["UserMFASettingList"]) == (factor, [factor])
    options = [{"DeliveryMedium": "SMS", "AttributeName": "phone_number"}] if factor == SMS else None
    assert shown.get("MFAOptions") == options
    used = "Invalid session for the user, session can only be used once."
    assert refusal_of(lambda: pool.answer(asked, "zoe", **{member: code})) == ("NotAuthorizedException", used)


def test_a_code_is_for_its_own_sign_in(sent):
    """The code of one sign-in does not finish another, and a wrong one leaves both good."""
    pool, _, _, _, member, to = sent
    first = pool.begin("zoe")
    code = other = pool.code_sent(to)
    while other == code:  # once in a million sign-ins
        message = pool.pool.messages(to=to)[-1]["id"]
        second = pool.begin("zoe")
        other = pool.pool.code_for(to, after=message)
    assert refusal_of(lambda: pool.answer(second, "zoe", **{member: code})) == WRONG
    assert refusal_of(lambda: pool.answer(first, "zoe", **{member: "no digits"})) == WRONG
    assert access_token(pool.answer(first, "zoe", **{member: code}))
    assert access_token(pool.answer(second, "zoe", **{member: other}))


def test_a_code_lives_as_long_as_the_session(sent):
    """AuthSessionValidity is three minutes."""
    pool, _, _, _, member, to = sent
    asked = pool.begin("zoe")
    code = pool.code_sent(to)
    pool.pool.server.advance(181)
    expired = ("NotAuthorizedException", "Invalid session for the user, session is expired.")
    assert refusal_of(lambda: pool.answer(asked, "zoe", **{member: code})) == expired


def test_guesses_lock_across_sessions(sent):
    """Five wrong codes lock this factor; the right code of a later sign-in is not even looked at."""
    pool, _, _, _, member, to = sent
    message = ""
    for _ in range(5):
        asked = pool.begin("zoe")
        message = pool.pool.messages(to=to, after=message, wait=10)[-1]["id"]
        assert refusal_of(lambda: pool.answer(asked, "zoe", **{member: "000000x"})) == WRONG  # noqa: B023
    asked = pool.begin("zoe")
    code = pool.pool.code_for(to, after=message)
    assert refusal_of(lambda: pool.answer(asked, "zoe", **{member: code})) == LOCKED
    pool.pool.server.advance(1)
    assert access_token(pool.answer(asked, "zoe", **{member: code}))


def test_a_code_is_of_no_use_after_the_contact_changed(sent):
    """It was received somewhere else."""
    pool, _, contact, _, member, to = sent
    asked = pool.begin("zoe")
    code = pool.code_sent(to)
    changed = [{"Name": contact, "Value": contacts()[contact]}]
    pool.admin("admin_update_user_attributes", "zoe", UserAttributes=changed)
    assert refusal_of(lambda: pool.answer(asked, "zoe", **{member: code})) == ("NotAuthorizedException", NOT_GOOD)


def test_the_words_are_the_pools(make_pool):
    """SmsAuthenticationMessage and EmailMfaConfiguration say what the messages say, and From who sends mail."""
    pool = guarded(make_pool, "OPTIONAL", EMAIL, AccountRecoverySetting=BOTH_RECOVER)
    texts = {"SnsCallerArn": "arn:aws:iam::123456789012:role/texts"}
    pool.cognito.set_user_pool_mfa_config(
        UserPoolId=pool.pool.pool_id,
        MfaConfiguration="OPTIONAL",
        SmsMfaConfiguration={"SmsAuthenticationMessage": "Texted {####}", "SmsConfiguration": texts},
        EmailMfaConfiguration={"Subject": "Let me in", "Message": "Mailed {####}"},
    )
    to = contacts()
    pool.user("zoe", **to)
    for factor, contact, word in ((SMS, "phone_number", "Texted"), (EMAIL, "email", "Mailed")):
        pool.prefer("zoe", factor, preferred=factor)
        pool.begin("zoe")
        code = pool.code_sent(to[contact])
        assert pool.pool.messages(to=to[contact])[-1]["body"] == f"{word} {code}"
    assert pool.pool.messages(to=to["email"])[-1]["subject"] == "Let me in"


@pytest.mark.parametrize(("factor", "contact"), [(SMS, "phone_number"), (EMAIL, "email")])
def test_without_a_courier_nothing_is_asked(make_pool, factor, contact):
    """A server that cannot send the code says so, and gives no tokens."""
    pool = guarded(make_pool, "OPTIONAL", factor, AccountRecoverySetting=BOTH_RECOVER)
    pool.user("zoe", **{contact: contacts()[contact]})
    pool.prefer("zoe", factor)
    world = pool.pool.server.application.world
    silent = replace(world, facts=replace(world.facts, media=frozenset()))

    async def begin():
        found = await world.directory.pool(pool.pool.pool_id)
        client = await world.directory.client(pool.pool.client_id)
        parameters = {"USERNAME": "zoe", "PASSWORD": PASSWORD}
        return await initiate(silent, Attempt(found, client, "USER_PASSWORD_AUTH", parameters, by_admin=False))

    with pytest.raises(errors.NoCourier):
        pool.pool.server.run(begin())


@pytest.fixture
def three(make_pool):
    """A pool with all factors, and a user who has all of them and prefers none."""
    pool = guarded(make_pool, "OPTIONAL", SMS, TOTP, EMAIL, AccountRecoverySetting=ADMINS_RECOVER)
    to = contacts()
    pool.user("zoe", **to)
    app = pool.set_up(access_token(pool.begin("zoe")), FriendlyDeviceName="phone")
    pool.prefer("zoe", SMS, TOTP, EMAIL)
    return pool, app, to


@pytest.mark.parametrize("choice", [SMS, TOTP, EMAIL, "EMAIL_MFA"])
def test_who_prefers_none_chooses(three, choice):
    """MFAS_CAN_CHOOSE lists them in AWS's order, and the chosen one is asked for."""
    pool, app, to = three
    asked = pool.begin("zoe")
    assert asked["ChallengeName"] == "SELECT_MFA_TYPE"
    assert list(asked["ChallengeParameters"]) == ["MFAS_CAN_CHOOSE"]
    assert asked["ChallengeParameters"]["MFAS_CAN_CHOOSE"] == '["SMS_MFA","SOFTWARE_TOKEN_MFA","EMAIL_OTP"]'
    chosen = pool.answer(asked, "zoe", ANSWER=choice)
    factor = EMAIL if choice == "EMAIL_MFA" else choice
    assert chosen["ChallengeName"] == factor
    if factor == TOTP:
        assert chosen["ChallengeParameters"] == {"FRIENDLY_DEVICE_NAME": "phone"}
        done = pool.totp(chosen, "zoe", app.code(pool.now_ms()))
    else:
        code = pool.code_sent(to["phone_number" if factor == SMS else "email"])
        done = pool.answer(chosen, "zoe", **{f"{factor}_CODE": code})
    assert access_token(done)
    used = "Invalid session for the user, session can only be used once."
    assert refusal_of(lambda: pool.answer(asked, "zoe", ANSWER=choice)) == ("NotAuthorizedException", used)


def test_what_cannot_be_chosen_is_refused(three):
    """A factor that the user does not have, and words that are none; the session stays good."""
    pool, app, _ = three
    pool.prefer("zoe", SMS, TOTP)
    pool.admin("admin_set_user_mfa_preference", "zoe", EmailMfaSettings={"Enabled": False})
    asked = pool.begin("zoe")
    for answer in (EMAIL, "WEB_AUTHN", "PASSWORD", "sms_mfa"):
        refused = refusal_of(lambda: pool.answer(asked, "zoe", ANSWER=answer))  # noqa: B023
        assert refused == ("MFAMethodNotFoundException", f"The user cannot choose {answer}.")
    chosen = pool.answer(asked, "zoe", ANSWER=TOTP)
    assert access_token(pool.totp(chosen, "zoe", app.code(pool.now_ms())))


def test_a_session_answers_its_own_challenge_alone(three):
    """Choosing is no second factor, and the session of a choice takes no code (TRUST API-16)."""
    pool, app, to = three
    asked = pool.begin("zoe")
    code = app.code(pool.now_ms())
    not_good = ("NotAuthorizedException", NOT_GOOD)
    skipped = {**asked, "ChallengeName": TOTP}
    assert refusal_of(lambda: pool.totp(skipped, "zoe", code)) == not_good
    chosen = pool.answer(asked, "zoe", ANSWER=SMS)
    sms_code = pool.code_sent(to["phone_number"])
    for other, member, value in (
        (TOTP, "SOFTWARE_TOKEN_MFA_CODE", code),
        (EMAIL, "EMAIL_OTP_CODE", sms_code),
        ("MFA_SETUP", "email", "zoe@post.example"),
        ("SELECT_MFA_TYPE", "ANSWER", TOTP),
        ("NEW_PASSWORD_REQUIRED", "NEW_PASSWORD", "Other-Horse-10"),
    ):
        swapped = {**chosen, "ChallengeName": other}
        assert refusal_of(lambda: pool.answer(swapped, "zoe", **{member: value})) == not_good, other  # noqa: B023
    assert access_token(pool.answer(chosen, "zoe", SMS_MFA_CODE=sms_code))


def test_codes_for_a_lost_password_go_where_mfa_does_not(make_pool):
    """Who gets codes by mail at sign-in recovers by SMS, and without a number not at all."""
    pool = guarded(make_pool, "OPTIONAL", EMAIL, AccountRecoverySetting=BOTH_RECOVER)
    to = contacts()
    pool.user("zoe", **to)
    verified = [{"Name": f"{one}_verified", "Value": "true"} for one in to]
    pool.admin("admin_update_user_attributes", "zoe", UserAttributes=verified)
    pool.prefer("zoe", EMAIL, preferred=EMAIL)

    def forget():
        return pool.cognito.forgot_password(ClientId=pool.pool.client_id, Username="zoe")

    assert forget()["CodeDeliveryDetails"]["AttributeName"] == "phone_number"
    pool.admin("admin_delete_user_attributes", "zoe", UserAttributeNames=["phone_number", "phone_number_verified"])
    assert refusal_of(forget)[0] == "InvalidParameterException"


def test_all_lists_are_json(three):
    """SDKs parse them."""
    pool, _, _ = three
    assert listed(pool.begin("zoe"), "MFAS_CAN_CHOOSE") == [SMS, TOTP, EMAIL]
