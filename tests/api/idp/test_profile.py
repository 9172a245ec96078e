"""GetUser through the AWS SDK: what users may ask about themselves."""

import pytest


def test_a_user_sees_no_dates_and_no_status(pool):
    """GetUser answers with name and attributes only (reference 03, user shapes)."""
    done = pool.confirmed("ann", UserAttributes=[{"Name": "email", "Value": "ann@d.example"}])
    token = pool.sign_in("ann")["AuthenticationResult"]["AccessToken"]
    user = pool.cognito.get_user(AccessToken=token)
    user.pop("ResponseMetadata")
    assert user.keys() == {"Username", "UserAttributes"}
    assert user["UserAttributes"][0] == {"Name": "sub", "Value": done["UserSub"]}


def test_an_id_token_is_no_access_token(pool):
    """The other token of the same sign-in opens nothing (TRUST API-03)."""
    pool.confirmed("ann")
    token = pool.sign_in("ann")["AuthenticationResult"]["IdToken"]
    with pytest.raises(pool.cognito.exceptions.NotAuthorizedException, match="Invalid Access Token"):
        pool.cognito.get_user(AccessToken=token)
