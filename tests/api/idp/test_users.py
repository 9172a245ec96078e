"""AdminGetUser, AdminDeleteUser through the AWS SDK."""

import datetime as dt

import pytest


def test_an_administrator_sees_everything(pool):
    """Dates, status and all attributes, the sub first (reference 03, user shapes)."""
    done = pool.sign_up("ann", UserAttributes=[{"Name": "email", "Value": "ann@d.example"}])
    user = pool.cognito.admin_get_user(UserPoolId=pool.pool_id, Username="ann")
    user.pop("ResponseMetadata")
    assert user.keys() == {
        "Username",
        "UserAttributes",
        "UserCreateDate",
        "UserLastModifiedDate",
        "Enabled",
        "UserStatus",
    }
    assert user["UserAttributes"][0] == {"Name": "sub", "Value": done["UserSub"]}
    assert (user["Username"], user["Enabled"], user["UserStatus"]) == ("ann", True, "UNCONFIRMED")
    assert isinstance(user["UserCreateDate"], dt.datetime)


def test_a_deleted_user_is_gone_with_name_and_tokens(pool):
    """The name is free again, the access token finds nobody, the refresh token is invalid."""
    pool.confirmed("ann")
    result = pool.sign_in("ann")["AuthenticationResult"]
    pool.cognito.admin_delete_user(UserPoolId=pool.pool_id, Username="ann")
    with pytest.raises(pool.cognito.exceptions.UserNotFoundException):
        pool.cognito.admin_get_user(UserPoolId=pool.pool_id, Username="ann")
    with pytest.raises(pool.cognito.exceptions.UserNotFoundException):
        pool.cognito.get_user(AccessToken=result["AccessToken"])
    with pytest.raises(pool.cognito.exceptions.NotAuthorizedException, match="Invalid Refresh Token"):
        pool.cognito.initiate_auth(
            ClientId=pool.client_id,
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": result["RefreshToken"]},
        )
    pool.sign_up("ann")


def test_a_deletion_answers_with_an_empty_body(pool):
    """Operations without an output shape send zero bytes (reference 01)."""
    pool.sign_up("ann")
    answer = pool.cognito.admin_delete_user(UserPoolId=pool.pool_id, Username="ann")
    assert answer["ResponseMetadata"]["HTTPHeaders"]["content-length"] == "0"
