"""SignUp, ConfirmSignUp, ResendConfirmationCode, AdminConfirmSignUp through the AWS SDK."""

import pytest

from conftest import PASSWORD

EMAIL = "kim@domain.example"
WITH_EMAIL = [{"Name": "email", "Value": EMAIL}]


def status_of(pool, username):
    return pool.cognito.admin_get_user(UserPoolId=pool.pool_id, Username=username)["UserStatus"]


def attributes_of(pool, username):
    user = pool.cognito.admin_get_user(UserPoolId=pool.pool_id, Username=username)
    return {one["Name"]: one["Value"] for one in user["UserAttributes"]}


def test_a_user_signs_up_confirms_and_signs_in_with_a_secret_hash(make_pool):
    """The seed's story: a code by mail, a confirmed account, three tokens."""
    pool = make_pool(secret=True, AutoVerifiedAttributes=["email"])
    done = pool.sign_up(EMAIL, UserAttributes=WITH_EMAIL)
    assert done["UserConfirmed"] is False
    assert done["CodeDeliveryDetails"] == {
        "AttributeName": "email",
        "DeliveryMedium": "EMAIL",
        "Destination": "k***@d***",
    }
    code = pool.code_for(EMAIL)
    pool.cognito.confirm_sign_up(ClientId=pool.client_id, Username=EMAIL, ConfirmationCode=code, **pool.hash(EMAIL))
    assert status_of(pool, EMAIL) == "CONFIRMED"
    assert attributes_of(pool, EMAIL)["email_verified"] == "true"
    answer = pool.sign_in(EMAIL)
    assert answer["ChallengeParameters"] == {}
    result = answer["AuthenticationResult"]
    assert result.keys() == {"AccessToken", "ExpiresIn", "IdToken", "RefreshToken", "TokenType"}
    assert (result["ExpiresIn"], result["TokenType"]) == (3600, "Bearer")


def test_without_a_place_for_a_code_none_is_sent(make_pool):
    """No AutoVerifiedAttributes, no CodeDeliveryDetails (reference 03, user shapes)."""
    done = make_pool().sign_up("ann", UserAttributes=WITH_EMAIL)
    assert "CodeDeliveryDetails" not in done


def test_both_contacts_send_the_code_by_sms_only(make_pool):
    """Both supplied: SMS to the phone only (reference 04)."""
    pool = make_pool(AutoVerifiedAttributes=["email", "phone_number"])
    phone = {"Name": "phone_number", "Value": "+4915112345678"}
    done = pool.sign_up("ann", UserAttributes=[*WITH_EMAIL, phone])
    assert done["CodeDeliveryDetails"]["Destination"] == "+*******5678"
    code = pool.code_for("+4915112345678")
    pool.cognito.confirm_sign_up(ClientId=pool.client_id, Username="ann", ConfirmationCode=code)
    assert attributes_of(pool, "ann")["phone_number_verified"] == "true"


def test_a_resent_code_replaces_the_older_one(pool):
    """Only the newest code works."""
    pool.sign_up("resent", UserAttributes=[{"Name": "email", "Value": "resent@d.example"}])
    first = pool.messages(to="resent@d.example", wait=10)[0]
    sent = pool.cognito.resend_confirmation_code(ClientId=pool.client_id, Username="resent")
    assert sent["CodeDeliveryDetails"]["Destination"] == "r***@d***"
    second = pool.messages(to="resent@d.example", after=first["id"], wait=10)[0]
    assert (first["kind"], second["kind"]) == ("SignUp", "ResendCode")
    if first["code"] != second["code"]:
        with pytest.raises(pool.cognito.exceptions.CodeMismatchException):
            pool.cognito.confirm_sign_up(ClientId=pool.client_id, Username="resent", ConfirmationCode=first["code"])
    pool.cognito.confirm_sign_up(ClientId=pool.client_id, Username="resent", ConfirmationCode=second["code"])
    assert status_of(pool, "resent") == "CONFIRMED"


def test_a_code_works_once(pool):
    """A spent code confirms nothing any more."""
    pool.sign_up("once", UserAttributes=[{"Name": "email", "Value": "once@d.example"}])
    code = pool.code_for("once@d.example")
    pool.cognito.confirm_sign_up(ClientId=pool.client_id, Username="once", ConfirmationCode=code)
    with pytest.raises(pool.cognito.exceptions.NotAuthorizedException, match="Current status is CONFIRMED"):
        pool.cognito.confirm_sign_up(ClientId=pool.client_id, Username="once", ConfirmationCode=code)


def test_in_an_email_pool_the_name_is_the_sub(make_pool):
    """UsernameAttributes: the e-mail signs in, the user name is the sub (reference 04)."""
    pool = make_pool(UsernameAttributes=["email"], AutoVerifiedAttributes=["email"])
    done = pool.confirmed("sue@d.example")
    user = pool.cognito.admin_get_user(UserPoolId=pool.pool_id, Username="sue@d.example")
    assert user["Username"] == done["UserSub"]
    assert attributes_of(pool, "sue@d.example")["email"] == "sue@d.example"
    assert pool.sign_in("sue@d.example")["AuthenticationResult"]["IdToken"]


def test_an_alias_works_once_it_is_verified(make_pool):
    """An e-mail alias signs in after the code proved it, not before."""
    pool = make_pool(AliasAttributes=["email"], AutoVerifiedAttributes=["email"])
    pool.sign_up("tom", UserAttributes=[{"Name": "email", "Value": "tom@d.example"}])
    with pytest.raises(pool.cognito.exceptions.UserNotFoundException):
        pool.sign_in("tom@d.example")
    code = pool.code_for("tom@d.example")
    pool.cognito.confirm_sign_up(ClientId=pool.client_id, Username="tom", ConfirmationCode=code)
    assert pool.sign_in("tom@d.example")["AuthenticationResult"]["IdToken"]


def test_an_alias_moves_only_by_force(make_pool):
    """The second owner is refused; with ForceAliasCreation the first one loses the alias (TRUST API-12)."""
    pool = make_pool(AliasAttributes=["email"], AutoVerifiedAttributes=["email"])
    for name in ("first", "second"):
        pool.sign_up(name, UserAttributes=[{"Name": "email", "Value": "shared@d.example"}])
    codes = {one["username"]: one["code"] for one in wait_for_two(pool)}
    pool.cognito.confirm_sign_up(ClientId=pool.client_id, Username="first", ConfirmationCode=codes["first"])
    second = {"ClientId": pool.client_id, "Username": "second", "ConfirmationCode": codes["second"]}
    with pytest.raises(pool.cognito.exceptions.AliasExistsException, match="An account with the email already exists"):
        pool.cognito.confirm_sign_up(**second)
    pool.cognito.confirm_sign_up(**second, ForceAliasCreation=True)
    assert attributes_of(pool, "first")["email_verified"] == "false"
    user = pool.cognito.admin_get_user(UserPoolId=pool.pool_id, Username="shared@d.example")
    assert user["Username"] == "second"


def wait_for_two(pool):
    found = pool.messages(to="shared@d.example", wait=10)
    if len(found) == 1:
        found += pool.messages(to="shared@d.example", after=found[0]["id"], wait=10)
    return found


def test_names_fold_where_the_pool_says_so(make_pool):
    """API-14: UsernameConfiguration CaseSensitive=false: Ann and ann are one user."""
    pool = make_pool(UsernameConfiguration={"CaseSensitive": False})
    pool.confirmed("Ann")
    with pytest.raises(pool.cognito.exceptions.UsernameExistsException):
        pool.sign_up("aNN")
    assert pool.sign_in("ANN")["AuthenticationResult"]["IdToken"]


def test_names_differ_by_case_by_default(make_pool):
    """API-14: Without UsernameConfiguration names are case-sensitive, as pools made by the API are."""
    pool = make_pool()
    pool.confirmed("Ann")
    pool.sign_up("ann")
    assert status_of(pool, "ann") == "UNCONFIRMED"


def test_a_client_that_hides_existence_imagines_a_destination(make_pool):
    """A resend for nobody looks like one for somebody, twice the same."""
    pool = make_pool(AutoVerifiedAttributes=["email"], client={"PreventUserExistenceErrors": "ENABLED"})
    answers = [
        pool.cognito.resend_confirmation_code(ClientId=pool.client_id, Username="nobody")["CodeDeliveryDetails"]
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert answers[0]["DeliveryMedium"] == "EMAIL"


def test_an_unverified_contact_is_stored_as_such(pool):
    """email_verified is there from the start, and false."""
    pool.sign_up("flag", UserAttributes=[{"Name": "email", "Value": "flag@d.example"}])
    assert attributes_of(pool, "flag")["email_verified"] == "false"


def test_an_administrator_confirms_without_verifying(pool):
    """AdminConfirmSignUp changes the status and no flag."""
    pool.confirmed("byadmin", UserAttributes=[{"Name": "email", "Value": "byadmin@d.example"}])
    assert status_of(pool, "byadmin") == "CONFIRMED"
    assert attributes_of(pool, "byadmin")["email_verified"] == "false"
    assert pool.sign_in("byadmin", PASSWORD)["AuthenticationResult"]


TRIES = {"resend_confirmation_code": {}, "confirm_sign_up": {"ConfirmationCode": "000000x"}}


def answers_to(pool, operation, name, count):
    """The error codes of so many calls in a row, None for a call that is answered."""
    for _ in range(count):
        try:
            getattr(pool.cognito, operation)(ClientId=pool.client_id, Username=name, **TRIES[operation])
            yield None
        except pool.cognito.exceptions.ClientError as refusal:
            yield refusal.response["Error"]["Code"]


@pytest.mark.parametrize("operation", TRIES)
def test_the_hourly_limit_does_not_tell_who_exists(make_pool, operation):
    """A client that hides existence gets the same row of answers for a user and for nobody, past the limit too."""
    pool = make_pool(AutoVerifiedAttributes=["email"], client={"PreventUserExistenceErrors": "ENABLED"})
    pool.sign_up("somebody", UserAttributes=[{"Name": "email", "Value": "limit@hidden.example"}])
    somebody, nobody = (list(answers_to(pool, operation, name, 17)) for name in ("somebody", "nobody"))
    assert somebody == nobody
    assert somebody[-1] == "LimitExceededException"
