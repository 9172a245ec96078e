"""Forgotten, changed, set and reset passwords through the AWS SDK."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from conftest import PASSWORD, sdk_client
from served import serve
from stopped import stopped_clocks

NEW = "Other-Horse-10"


def email_of(name):
    return f"{name}@domain.example"


def verified(pool, name, **more):
    """A user who confirmed by the code that was mailed, so that the e-mail is verified; answers tokens."""
    address = email_of(name)
    attributes = [{"Name": "email", "Value": address}, *more.get("attributes", ())]
    pool.sign_up(name, UserAttributes=attributes)
    code = pool.code_for(address)
    pool.cognito.confirm_sign_up(ClientId=pool.client_id, Username=name, ConfirmationCode=code, **pool.hash(name))
    return pool.sign_in(name)["AuthenticationResult"]


def forgot(pool, name):
    """Ask for a code; answers the details and the message."""
    last = pool.messages(to=email_of(name))
    answer = pool.cognito.forgot_password(ClientId=pool.client_id, Username=name, **pool.hash(name))
    after = {"after": last[-1]["id"]} if last else {}
    return answer["CodeDeliveryDetails"], pool.messages(to=email_of(name), wait=10, **after)[-1]


def confirm(pool, name, code, password=NEW):
    return pool.cognito.confirm_forgot_password(
        ClientId=pool.client_id, Username=name, ConfirmationCode=code, Password=password, **pool.hash(name)
    )


def set_password(pool, name, password, **more):
    return pool.cognito.admin_set_user_password(UserPoolId=pool.pool_id, Username=name, Password=password, **more)


def change(pool, token, previous=PASSWORD, proposed=NEW):
    return pool.cognito.change_password(AccessToken=token, PreviousPassword=previous, ProposedPassword=proposed)


def reset(pool, name):
    return pool.cognito.admin_reset_user_password(UserPoolId=pool.pool_id, Username=name)


def user(pool, name):
    return pool.cognito.admin_get_user(UserPoolId=pool.pool_id, Username=name)


def status_of(pool, name):
    return user(pool, name)["UserStatus"]


def refresh(pool, token):
    return pool.cognito.initiate_auth(
        ClientId=pool.client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": token}
    )


# ForgotPassword and ConfirmForgotPassword


def test_a_forgotten_password_is_replaced_by_a_code(make_pool):
    """The code goes to the verified e-mail; the new password works, the old one does not."""
    pool = make_pool(secret=True, AutoVerifiedAttributes=["email"])
    verified(pool, "frida")
    details, message = forgot(pool, "frida")
    assert details == {"AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": "f***@d***"}
    assert message["kind"] == "ForgotPassword"
    assert message["code"] in message["body"]
    confirm(pool, "frida", message["code"])
    assert pool.sign_in("frida", NEW)["AuthenticationResult"]
    with pytest.raises(pool.cognito.exceptions.NotAuthorizedException, match="Incorrect username or password"):
        pool.sign_in("frida")


def test_a_code_works_by_an_alias_too(make_pool):
    """Any operation takes an alias in place of the user name (reference 04)."""
    pool = make_pool(AliasAttributes=["email"], AutoVerifiedAttributes=["email"])
    verified(pool, "alia")
    pool.cognito.forgot_password(ClientId=pool.client_id, Username=email_of("alia"))
    code = pool.messages(to=email_of("alia"), kind="ForgotPassword", wait=10)[-1]["code"]
    confirm(pool, email_of("alia"), code)
    assert pool.sign_in("alia", NEW)["AuthenticationResult"]


def test_a_code_works_once_and_the_newest_only(pool):
    """A spent code and a replaced one are refused."""
    verified(pool, "onlyonce")
    first, second = forgot(pool, "onlyonce")[1]["code"], forgot(pool, "onlyonce")[1]["code"]
    if first != second:
        with pytest.raises(pool.cognito.exceptions.CodeMismatchException):
            confirm(pool, "onlyonce", first)
    confirm(pool, "onlyonce", second)
    with pytest.raises(pool.cognito.exceptions.ExpiredCodeException):
        confirm(pool, "onlyonce", second, "Third-Horse-11")
    assert pool.sign_in("onlyonce", NEW)["AuthenticationResult"]


def test_a_refused_password_leaves_the_code_good(pool):
    """Neither the policy nor a wrong code uses up the code."""
    verified(pool, "retry")
    code = forgot(pool, "retry")[1]["code"]
    with pytest.raises(pool.cognito.exceptions.InvalidPasswordException, match="with policy: Password not long"):
        confirm(pool, "retry", code, "Short-1")
    with pytest.raises(pool.cognito.exceptions.CodeMismatchException):
        confirm(pool, "retry", f"{(int(code) + 1) % 10**6:06}")
    confirm(pool, "retry", code)


def test_a_sign_up_code_resets_no_password(pool):
    """A code is bound to its purpose (TRUST CRED-07)."""
    pool.sign_up("purpose", UserAttributes=[{"Name": "email", "Value": email_of("purpose")}])
    code = pool.code_for(email_of("purpose"))
    pool.cognito.admin_confirm_sign_up(UserPoolId=pool.pool_id, Username="purpose")
    with pytest.raises(pool.cognito.exceptions.ExpiredCodeException):
        confirm(pool, "purpose", code)


def test_a_new_password_ends_the_code_that_waits(pool):
    """After a change the code for the forgotten password is of no use."""
    tokens = verified(pool, "waits")
    code = forgot(pool, "waits")[1]["code"]
    change(pool, tokens["AccessToken"])
    with pytest.raises(pool.cognito.exceptions.ExpiredCodeException):
        confirm(pool, "waits", code, "Third-Horse-11")


@pytest.mark.parametrize(
    ("setting", "medium"),
    [
        (None, "EMAIL"),
        ({}, "SMS"),
        ({"RecoveryMechanisms": [{"Priority": 1, "Name": "verified_phone_number"}]}, "SMS"),
        (
            {
                "RecoveryMechanisms": [
                    {"Priority": 2, "Name": "verified_phone_number"},
                    {"Priority": 1, "Name": "verified_email"},
                ]
            },
            "EMAIL",
        ),
    ],
)
def test_the_recovery_setting_chooses_the_contact(make_pool, setting, medium):
    """By priority, and by phone first where the setting is empty; unknown names are told the same medium."""
    more = {} if setting is None else {"AccountRecoverySetting": setting}
    pool = make_pool(client={"PreventUserExistenceErrors": "ENABLED"}, **more)
    pool.sign_up(
        "both",
        UserAttributes=[{"Name": "email", "Value": "b@d.example"}, {"Name": "phone_number", "Value": "+4915112345678"}],
    )
    verify_everything(pool, "both")
    for name in ("both", "nobody"):
        details = pool.cognito.forgot_password(ClientId=pool.client_id, Username=name)["CodeDeliveryDetails"]
        assert details["DeliveryMedium"] == medium


def verify_everything(pool, name):
    """Confirm an account and mark its contacts as verified, as administrators do."""
    pool.cognito.admin_confirm_sign_up(UserPoolId=pool.pool_id, Username=name)
    flags = [{"Name": flag, "Value": "true"} for flag in ("email_verified", "phone_number_verified")]
    pool.cognito.admin_update_user_attributes(UserPoolId=pool.pool_id, Username=name, UserAttributes=flags)


def test_nobody_is_told_who_exists(make_pool):
    """With existence hidden, users and unknown names get equal answers at every step (TRUST CRED-05)."""
    pool = make_pool(AutoVerifiedAttributes=["email"], client={"PreventUserExistenceErrors": "ENABLED"})
    verified(pool, "real")
    verified(pool, "off")
    pool.sign_up("fresh", UserAttributes=[{"Name": "email", "Value": email_of("fresh")}])
    pool.cognito.admin_disable_user(UserPoolId=pool.pool_id, Username="off")
    set_password(pool, "off", NEW)
    names = ("real", "off", "fresh", "nobody")
    assert {refusal_of(lambda name=name: confirm(pool, name, "000000")) for name in names} == {
        ("ExpiredCodeException", "Invalid code provided, please request a code again.")
    }
    for name in names:
        details = pool.cognito.forgot_password(ClientId=pool.client_id, Username=name)["CodeDeliveryDetails"]
        again = pool.cognito.forgot_password(ClientId=pool.client_id, Username=name)["CodeDeliveryDetails"]
        assert (details["AttributeName"], details["DeliveryMedium"]) == ("email", "EMAIL")
        assert details == again
    assert {refusal_of(lambda name=name: confirm(pool, name, "0000000")) for name in names} == {
        ("CodeMismatchException", "Invalid verification code provided, please try again.")
    }
    assert pool.messages(to=email_of("real"), kind="ForgotPassword", wait=10)
    sent = {name: [one["kind"] for one in pool.messages(to=email_of(name))] for name in names}
    assert not [name for name in names[1:] if "ForgotPassword" in sent[name]]


def test_unknown_names_run_out_of_tries_like_users(make_pool):
    """A limit that only users could reach would tell who exists."""
    pool = make_pool(AutoVerifiedAttributes=["email"], client={"PreventUserExistenceErrors": "ENABLED"})
    verified(pool, "counted")
    limit = pool.server.application.world.facts.attempts.recover_password
    for name in ("counted", "nobody"):
        for _ in range(limit):
            assert refusal_of(lambda name=name: confirm(pool, name, "0000000"))[0] == "ExpiredCodeException"
        tried = refusal_of(lambda name=name: confirm(pool, name, "0000000"))
        asked = refusal_of(lambda name=name: pool.cognito.forgot_password(ClientId=pool.client_id, Username=name))
        assert tried == asked == ("LimitExceededException", "Attempt limit exceeded, please try after some time.")


def refusal_of(call):
    with pytest.raises(Exception) as refused:  # noqa: PT011
        call()
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def test_of_parallel_resets_one_takes_effect(pool):
    """One code, 20 passwords at once: one is set, the others are refused (TRUST CRED-11)."""
    verified(pool, "race")
    code = forgot(pool, "race")[1]["code"]
    passwords = [f"Racing-Horse-{number}" for number in range(19)]
    with ThreadPoolExecutor(19) as crowd:
        outcomes = list(crowd.map(lambda one: _tried(lambda: confirm(pool, "race", code, one)), passwords))
    won = [password for password, outcome in zip(passwords, outcomes, strict=True) if outcome is None]
    assert len(won) == 1
    assert {outcome for outcome in outcomes if outcome} == {"ExpiredCodeException"}
    assert pool.sign_in("race", won[0])["AuthenticationResult"]


def _tried(call):
    try:
        call()
    except Exception as refused:  # noqa: BLE001
        return refused.response["Error"]["Code"]


# AdminResetUserPassword


def test_an_administrator_makes_a_user_reset_the_password(pool):
    """RESET_REQUIRED, a code by mail, no sign-in and no use of tokens until it is done; then CONFIRMED."""
    tokens = verified(pool, "reset")
    reset(pool, "reset")
    assert status_of(pool, "reset") == "RESET_REQUIRED"
    required = pool.cognito.exceptions.PasswordResetRequiredException
    for refused in (
        lambda: pool.sign_in("reset"),
        lambda: refresh(pool, tokens["RefreshToken"]),
        lambda: pool.cognito.get_user(AccessToken=tokens["AccessToken"]),
    ):
        with pytest.raises(required, match="Password reset required for the user"):
            refused()
    with pytest.raises(pool.cognito.exceptions.NotAuthorizedException):
        pool.sign_in("reset", "Wrong-Horse-9")
    code = pool.messages(to=email_of("reset"), kind="ForgotPassword", wait=10)[-1]["code"]
    confirm(pool, "reset", code)
    assert status_of(pool, "reset") == "CONFIRMED"
    assert pool.sign_in("reset", NEW)["AuthenticationResult"]


# ChangePassword


def test_a_changed_password_leaves_the_tokens_good(pool):
    """The new password signs in, and what was signed in stays so (reference 04)."""
    tokens = verified(pool, "change")
    change(pool, tokens["AccessToken"])
    assert pool.cognito.get_user(AccessToken=tokens["AccessToken"])["Username"] == "change"
    assert refresh(pool, tokens["RefreshToken"])["AuthenticationResult"]
    assert pool.sign_in("change", NEW)["AuthenticationResult"]
    assert status_of(pool, "change") == "CONFIRMED"


def test_of_parallel_changes_one_takes_effect(pool):
    """Five changes from one old password: the first makes the others' previous password wrong."""
    token = verified(pool, "changes")["AccessToken"]
    passwords = [f"Racing-Horse-{number}" for number in range(5)]
    with ThreadPoolExecutor(5) as crowd:
        outcomes = list(crowd.map(lambda one: _tried(lambda: change(pool, token, PASSWORD, one)), passwords))
    won = [password for password, outcome in zip(passwords, outcomes, strict=True) if outcome is None]
    assert len(won) == 1
    assert {outcome for outcome in outcomes if outcome} == {"NotAuthorizedException"}
    assert pool.sign_in("changes", won[0])["AuthenticationResult"]


# AdminSetUserPassword


@pytest.mark.parametrize(
    ("permanent", "status"), [({"Permanent": True}, "CONFIRMED"), ({"Permanent": False}, "FORCE_CHANGE_PASSWORD")]
)
def test_an_administrator_sets_a_password(pool, permanent, status):
    """To keep: CONFIRMED, also for who never confirmed; else FORCE_CHANGE_PASSWORD (reference 04)."""
    name = f"set-{status.lower()}"
    pool.sign_up(name)
    set_password(pool, name, NEW, **permanent)
    assert status_of(pool, name) == status
    answer = pool.sign_in(name, NEW)
    assert ("AuthenticationResult" in answer) == (status == "CONFIRMED")


def test_a_password_is_temporary_unless_it_is_said_to_stay(pool):
    """Permanent is false where it is not given."""
    pool.confirmed("default")
    set_password(pool, "default", NEW)
    assert status_of(pool, "default") == "FORCE_CHANGE_PASSWORD"


def test_a_disabled_user_gets_a_password_and_stays_disabled(pool):
    """Enabled is a thing of its own."""
    pool.confirmed("asleep")
    pool.cognito.admin_disable_user(UserPoolId=pool.pool_id, Username="asleep")
    set_password(pool, "asleep", NEW, Permanent=True)
    assert (status_of(pool, "asleep"), user(pool, "asleep")["Enabled"]) == ("CONFIRMED", False)


# History


def test_the_last_passwords_cannot_be_taken_again(make_pool):
    """CRED-24: PasswordHistorySize counts the present password as one; the oldest is free again (reference 04)."""
    pool = make_pool(
        AutoVerifiedAttributes=["email"],
        Policies={"PasswordPolicy": {"MinimumLength": 8, "PasswordHistorySize": 3}},
    )
    verified(pool, "historic")
    used = pool.cognito.exceptions.PasswordHistoryPolicyViolationException
    for password in ("number-two", "number-three"):
        set_password(pool, "historic", password, Permanent=True)
    for password in (PASSWORD, "number-two", "number-three"):
        with pytest.raises(used, match="Password has previously been used"):
            set_password(pool, "historic", password, Permanent=True)
    set_password(pool, "historic", "number-four", Permanent=True)
    token = pool.sign_in("historic", "number-four")["AuthenticationResult"]["AccessToken"]
    code = forgot(pool, "historic")[1]["code"]
    with pytest.raises(used):
        change(pool, token, "number-four", "number-two")
    with pytest.raises(used):
        confirm(pool, "historic", code, "number-four")
    confirm(pool, "historic", code, PASSWORD)
    assert pool.sign_in("historic")["AuthenticationResult"]


def test_without_history_a_password_may_stay(make_pool):
    """PasswordHistorySize 0 is not enforced and not shown."""
    pool = make_pool(Policies={"PasswordPolicy": {"MinimumLength": 8, "PasswordHistorySize": 0}})
    pool.confirmed("again")
    set_password(pool, "again", PASSWORD, Permanent=True)
    policy = pool.cognito.describe_user_pool(UserPoolId=pool.pool_id)["UserPool"]["Policies"]["PasswordPolicy"]
    assert "PasswordHistorySize" not in policy


# By the clock


def test_codes_tries_and_temporary_passwords_end_by_the_clock():
    """CRED-08: A reset code lives an hour, a count lasts an hour, a temporary password as many days as the policy
    says.
    """
    with stopped_clocks(), serve() as server:
        cognito = sdk_client(server.url)
        policy = {"MinimumLength": 8, "TemporaryPasswordValidityDays": 2}
        pool_id = cognito.create_user_pool(
            PoolName="clock", AutoVerifiedAttributes=["email"], Policies={"PasswordPolicy": policy}
        )["UserPool"]["Id"]
        flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
        client = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="a", ExplicitAuthFlows=flows)
        pool = pool_on(server, cognito, pool_id, client["UserPoolClient"]["ClientId"])
        token = verified(pool, "timely")["AccessToken"]
        first = forgot(pool, "timely")[1]["code"]
        server.advance(3600)
        with pytest.raises(cognito.exceptions.ExpiredCodeException):
            confirm(pool, "timely", first)
        code = forgot(pool, "timely")[1]["code"]
        server.advance(3590)
        confirm(pool, "timely", code)
        server.advance(1)  # a password set in the same moment would count from a moment later
        set_password(pool, "timely", "temporary", Permanent=False)
        server.advance(2 * 86_400 - 10)
        assert pool.sign_in("timely", "temporary")["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
        server.advance(10)
        with pytest.raises(cognito.exceptions.NotAuthorizedException, match="Temporary password has expired and must"):
            pool.sign_in("timely", "temporary")
        with pytest.raises(cognito.exceptions.NotAuthorizedException, match="Incorrect username or password"):
            pool.sign_in("timely", "not-it-at-all")
        assert token


def pool_on(server, cognito, pool_id, client_id):
    from conftest import Pool

    return Pool(cognito, server, pool_id, client_id, None)
