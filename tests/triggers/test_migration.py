"""User migration: another directory's users come in when they sign in, or forget their password."""

import pytest

from conftest import PASSWORD
from served import serve
from stopped import stopped_clocks
from triggers.conftest import arn, pools_on
from triggers.test_effects import refused

HIDING = {"PreventUserExistenceErrors": "ENABLED"}


def user_of(pool, name="olga"):
    return pool.cognito.admin_get_user(UserPoolId=pool.pool_id, Username=name)


def test_who_signs_in_is_taken_in_with_the_password(pool_with):
    """The first sign-in brings the account, and the second one does without the trigger."""
    triggers = pool_with({"UserMigration": "migrate"})
    for _ in range(2):
        assert triggers.pool.sign_in("olga")["AuthenticationResult"]
    assert triggers.sources == ["UserMigration_Authentication"]
    user = user_of(triggers.pool)
    assert user["UserStatus"] == "CONFIRMED"
    assert {"Name": "email_verified", "Value": "true"} in user["UserAttributes"]


def test_who_signs_in_by_an_alias_gets_the_name_that_the_trigger_says(pool_with):
    """The attribute username names the account."""
    pool = pool_with({"UserMigration": "migrate"}, AliasAttributes=["email"]).pool
    assert pool.sign_in("olga@example.com")["AuthenticationResult"]
    assert user_of(pool)["Username"] == "olga"


def test_a_password_that_must_be_reset(pool_with):
    """RESET_REQUIRED brings the account and no tokens; the user then forgets the password."""
    pool = pool_with({"UserMigration": "migrate_to_be_reset"}).pool
    with refused(pool, "PasswordResetRequiredException"):
        pool.sign_in("olga")
    assert user_of(pool)["UserStatus"] == "RESET_REQUIRED"
    pool.cognito.forgot_password(ClientId=pool.client_id, Username="olga")


def test_a_forgotten_password_brings_the_account(pool_with):
    """The code goes to the verified address that the trigger told, and the new password signs in."""
    pool = pool_with({"UserMigration": "migrate"}).pool
    sent = pool.cognito.forgot_password(ClientId=pool.client_id, Username="olga")["CodeDeliveryDetails"]
    assert sent["AttributeName"] == "email"
    code = pool.code_for("olga@example.com")
    pool.cognito.confirm_forgot_password(
        ClientId=pool.client_id, Username="olga", ConfirmationCode=code, Password="Another-Horse-9"
    )
    assert pool.sign_in("olga", "Another-Horse-9")["AuthenticationResult"]


def test_whom_the_trigger_refuses_stays_out(pool_with):
    """A wrong password, or a name that it does not know, brings no account; what is told depends on the client."""
    pool = pool_with({"UserMigration": "migrate"}).pool
    for name in ("olga", "nobody"):
        with refused(pool, "UserNotFoundException", "Exception migrating user in app client"):
            pool.sign_in(name, "Wrong-Horse-9")
    hiding = pool_with({"UserMigration": "migrate"}, client=HIDING).pool
    with refused(hiding, "NotAuthorizedException", "Incorrect username or password."):
        hiding.sign_in("nobody")
    for one in (pool, hiding):
        assert one.cognito.list_users(UserPoolId=one.pool_id)["Users"] == []


def test_guesses_at_another_directory_lock_the_name():
    """After five wrong passwords the trigger is not even asked, for a second."""
    with stopped_clocks(), serve(triggers={arn("migrate"): "python:triggers.handlers:migrate"}) as served:
        triggers = pools_on(served)({"UserMigration": "migrate"}, client=HIDING)
        for _ in range(5):
            with refused(triggers.pool, "NotAuthorizedException", "Incorrect username or password."):
                triggers.pool.sign_in("olga", "Wrong-Horse-9")
        before = len(triggers.events)
        with refused(triggers.pool, "NotAuthorizedException", "Password attempts exceeded"):
            triggers.pool.sign_in("olga", PASSWORD)
        assert len(triggers.events) == before


@pytest.mark.parametrize(
    ("handler", "name"),
    [
        ("migrate_nothing", "InvalidLambdaResponseException"),
        ("silent", "InvalidLambdaResponseException"),
        ("hanging", "UnexpectedLambdaException"),
    ],
)
def test_answers_that_make_no_account(pool_with, handler, name):
    """Nobody comes in."""
    pool = pool_with({"UserMigration": handler}).pool
    with refused(pool, name):
        pool.sign_in("olga")
    assert pool.cognito.list_users(UserPoolId=pool.pool_id)["Users"] == []
