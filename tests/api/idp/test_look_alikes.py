"""Names that look the same, through the SDK: one account, and mail to the stored address alone (TRUST API-13)."""

import pytest

from conftest import PASSWORD

TWINS = ["\uff41nn", "\uff21nn", "an\uff4e", "ann\ufe0f"]


@pytest.mark.parametrize("twin", TWINS)
def test_one_account_answers_to_all_of_them(make_pool, twin):
    """A second sign-up is refused, and a sign-in reaches the first account."""
    pool = make_pool(UsernameConfiguration={"CaseSensitive": False})
    done = pool.confirmed("ann")
    with pytest.raises(pool.cognito.exceptions.UsernameExistsException):
        pool.sign_up(twin)
    token = pool.sign_in(twin)["AuthenticationResult"]["AccessToken"]
    assert pool.cognito.get_user(AccessToken=token)["UserAttributes"][0]["Value"] == done["UserSub"]


@pytest.mark.parametrize("twin", ["\uff41nn@twins.example", "ann\ufe6btwins.example", "ann@tw\u0131ns.example"])
def test_a_code_goes_to_the_stored_address(make_pool, twin):
    """ForgotPassword by a look-alike of an alias writes to the address that was verified, never to what was typed."""
    pool = make_pool(AliasAttributes=["email"], AutoVerifiedAttributes=["email"])
    address = "ann@twins.example"
    email = {"UserAttributes": [{"Name": "email", "Value": address}]}
    pool.cognito.admin_create_user(
        UserPoolId=pool.pool_id, Username="ann", MessageAction="SUPPRESS",
        UserAttributes=[*email["UserAttributes"], {"Name": "email_verified", "Value": "true"}],
    )  # fmt: skip
    pool.cognito.admin_set_user_password(UserPoolId=pool.pool_id, Username="ann", Password=PASSWORD, Permanent=True)
    before = pool.messages(to=address)
    pool.cognito.forgot_password(ClientId=pool.client_id, Username=twin)
    after = {"after": before[-1]["id"]} if before else {}
    assert pool.messages(to=address, wait=10, **after)[-1]["kind"] == "ForgotPassword"
    assert pool.messages(to=twin) == []


@pytest.mark.parametrize("name", ["ann\uff20twins.example", "\uff0b15555550100"])
def test_no_username_hides_somebodys_alias(make_pool, name):
    """What would be found in place of an e-mail address or phone number is refused as one."""
    pool = make_pool(AliasAttributes=["email", "phone_number"])
    with pytest.raises(pool.cognito.exceptions.InvalidParameterException, match="Username cannot be of"):
        pool.sign_up(name)
